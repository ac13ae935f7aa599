/* Code with line numbers and colours, to edit or to read. Inside an UploadForm it is one of its fields. */
import { useEffect, useRef } from "react";
import { jsx } from "@emotion/react";
import { Compartment, EditorState } from "@codemirror/state";
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { classHighlighter } from "@lezer/highlight";
import { Upload } from "lucide-react";
import { useFormField } from "$/public/external/deploy_ui/components/upload_form/form_fields.js";

const LANGUAGES = { python, json };
const LONGEST_CHECKED = 200000;
const LARGEST_FILE = 4 * 1024 * 1024;
const badLine = new Compartment();

const send = (view) => {
  view.dom.closest("form")?.requestSubmit();
  return true;
};

/** Marks one line as wrong, as long as there is such a line. */
function marked(number) {
  return EditorView.decorations.of(({ state }) => {
    if (!number || number > state.doc.lines) return Decoration.none;
    return Decoration.set([Decoration.line({ class: "cm-badline" }).range(state.doc.line(number).from)]);
  });
}

function extensions({ language, readOnly, wrap, label, hint, onBlur }) {
  const both = [
    lineNumbers(),
    syntaxHighlighting(classHighlighter),
    EditorState.tabSize.of(4),
    indentUnit.of("    "),
    badLine.of(marked(0)),
    LANGUAGES[language]?.() ?? [],
    EditorView.contentAttributes.of({ "aria-label": label ?? "", tabindex: "0", spellcheck: "false" }),
  ];
  if (readOnly) return [...both, wrap ? EditorView.lineWrapping : [], EditorState.readOnly.of(true), EditorView.editable.of(false)];
  return [
    ...both,
    history(),
    bracketMatching(),
    indentOnInput(),
    highlightActiveLine(),
    EditorView.lineWrapping,
    hint ? placeholder(hint) : [],
    keymap.of([{ key: "Mod-Enter", run: send }, indentWithTab, ...defaultKeymap, ...historyKeymap]),
    EditorView.domEventHandlers({ blur: onBlur }),
  ];
}

function replace(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  view.dom.dispatchEvent(new Event("input", { bubbles: true }));
}

export function CodeEditor({ name, value, language, readOnly, wrap = false, label, hint, companion, wrongLine, onLeft, ref, ...rest }) {
  const box = useRef(null);
  const view = useRef(null);
  const begun = useRef(value ?? "");
  const left = useRef(onLeft);
  left.current = onLeft;
  const text = () => view.current?.state.doc.toString() ?? "";
  useEffect(() => {
    const onBlur = () => {
      const form = box.current?.closest("form");
      const beside = form && companion ? new FormData(form).get(companion) : "";
      if (left.current && text().length < LONGEST_CHECKED) left.current(text(), beside ?? "");
    };
    const state = EditorState.create({ doc: begun.current, extensions: extensions({ language, readOnly, wrap, label, hint, onBlur }) });
    view.current = new EditorView({ state, parent: box.current });
    return () => {
      begun.current = text();
      view.current.destroy();
    };
  }, [language, readOnly, wrap, label, hint, companion]);
  useEffect(() => {
    if (readOnly && value !== text()) replace(view.current, value ?? "");
  }, [readOnly, value]);
  useFormField({
    append: (body) => text().trim() && body.append(name, text()),
    words: () => ({ [name]: text() }),
    fill: (words) => name in words && words[name] !== text() && replace(view.current, words[name]),
  });
  useEffect(() => {
    view.current.dispatch({ effects: badLine.reconfigure(marked(wrongLine)) });
  }, [wrongLine, language, label]);
  return jsx("div", { ...rest, ref: box, className: `editor${readOnly ? " editor--read" : ""}` });
}

/** Reads a text file into the field `name` of the form around it. */
export function TextFileButton({ name, accept, children, ref, ...rest }) {
  const input = useRef(null);
  const form = useFormField({});
  const onChange = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file && file.size <= LARGEST_FILE) form.fill({ [name]: await file.text() }, {});
  };
  return jsx(
    "span",
    { className: "contents" },
    jsx("button", { ...rest, ref, type: "button", onClick: () => input.current.click() }, jsx(Upload, { className: "icon icon--s", "aria-hidden": true }), children),
    jsx("input", { ref: input, type: "file", accept, hidden: true, onChange, "data-testid": `read-${name}` }),
  );
}
