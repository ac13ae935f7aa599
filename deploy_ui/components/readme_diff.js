/* Two texts beside each other, with what differs. On narrow pages one under the other, as one text. */
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { MergeView, unifiedMergeView } from "@codemirror/merge";

const NARROW = "(max-width: 760px)";
const FEW = { margin: 3, minSize: 4 };
const LIMITS = { scanLimit: 500, timeout: 300 };

function reading(label) {
  return [lineNumbers(), EditorView.lineWrapping, EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" })];
}

/** Shows both; returns what takes them away. */
export function showDiff(parent, theirs, mine, words) {
  if (window.matchMedia(NARROW).matches) {
    const unified = unifiedMergeView({ original: theirs, mergeControls: false, collapseUnchanged: FEW, diffConfig: LIMITS });
    const view = new EditorView({ parent, doc: mine, extensions: [...reading(words.mine), unified] });
    return () => view.destroy();
  }
  const view = new MergeView({
    parent,
    a: { doc: theirs, extensions: reading(words.theirs) },
    b: { doc: mine, extensions: reading(words.mine) },
    collapseUnchanged: FEW,
    diffConfig: LIMITS,
  });
  return () => view.destroy();
}
