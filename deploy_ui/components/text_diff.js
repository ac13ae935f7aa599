/* Two texts and what differs between them: side by side, or in narrow windows one below the other. What is the same is
   folded away. Very different long texts are compared roughly, so that no page hangs. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { classHighlighter } from "@lezer/highlight";
import { useText } from "$/public/external/deploy_ui/components/file_text/file_text.js";
import { useNarrow } from "./narrow.js";

const LANGUAGES = { python, json };
const NARROW = "(max-width: 899px)";
const FOLDED = { margin: 3, minSize: 6 };
const EFFORT = { scanLimit: 1000, timeout: 400 };
const LONGEST = 512 * 1024;

function extensions({ language, label, words, wrap }) {
  return [
    lineNumbers(),
    syntaxHighlighting(classHighlighter),
    EditorState.tabSize.of(4),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorState.phrases.of({ "$ unchanged lines": words.folded, "Unchanged lines": words.folded }),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    wrap ? EditorView.lineWrapping : [],
    LANGUAGES[language]?.() ?? [],
  ];
}

/** Shows both texts in an element of the class `diff`; returns what takes them away. `words.folded` is what is said of
    lines left out. */
export function showDiff(parent, before, after, { narrow = window.matchMedia(NARROW).matches, ...look }) {
  if (!narrow) {
    const both = extensions(look);
    const sides = { a: { doc: before, extensions: both }, b: { doc: after, extensions: both } };
    const view = new MergeView({ ...sides, parent, gutter: true, collapseUnchanged: FOLDED, diffConfig: EFFORT });
    return () => view.destroy();
  }
  const unified = unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: FOLDED, diffConfig: EFFORT });
  const view = new EditorView({ doc: after, extensions: [...extensions({ ...look, wrap: true }), unified], parent });
  return () => view.destroy();
}

function Diff({ before, after, language, label, words }) {
  const box = useRef(null);
  const narrow = useNarrow(NARROW);
  useEffect(() => showDiff(box.current, before, after, { narrow, language, label, words }), [before, after, language, label, narrow, words.folded]);
  return jsx("div", { ref: box, className: "editor editor--read diff" });
}

export function TextDiff({ before, after, beforeUrl, afterUrl, language, label, words, ref, ...rest }) {
  const [one, other] = [useText(beforeUrl ?? "", LONGEST), useText(afterUrl ?? "", LONGEST)];
  const note = (text) => jsx("div", { className: "filetext__note small muted" }, text);
  const shown = () => {
    if (!one || !other) return jsx("div", { className: "filetext__wait", "aria-busy": true });
    const problem = one.problem || other.problem;
    if (problem) return note(words[problem]);
    const texts = [beforeUrl ? one.text : (before ?? ""), afterUrl ? other.text : (after ?? "")];
    if (texts[0] === texts[1]) return note(words.same);
    const cut = one.cut || other.cut;
    return [
      jsx(Diff, { key: "diff", before: texts[0], after: texts[1], language, label, words }),
      cut && jsx("div", { key: "cut", className: "filetext__note filetext__note--cut small muted" }, words.cut),
    ];
  };
  return jsx("div", { ...rest, ref }, shown());
}
