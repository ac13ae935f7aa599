/* The editor of a README's text. */
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, isolateHistory } from "@codemirror/commands";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { classHighlighter } from "@lezer/highlight";

/** Takes pasted and dropped files; text that comes with a picture (from office programs) is taken as text. */
function files(onFiles) {
  const taken = (event, data) => {
    const found = [...(data?.files ?? [])];
    if (!found.length || data.types.includes("text/plain")) return false;
    event.preventDefault();
    onFiles(found);
    return true;
  };
  return EditorView.domEventHandlers({
    paste: (event) => taken(event, event.clipboardData),
    drop: (event, view) => {
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (at !== null && event.dataTransfer?.files.length) view.dispatch({ selection: { anchor: at } });
      return taken(event, event.dataTransfer);
    },
  });
}

/** Makes an editor; Tab indents a list, after Esc it leaves as everywhere. */
export function createEditor({ parent, text, words, onChange, onFiles }) {
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    markdown({ base: markdownLanguage, addKeymap: true }),
    syntaxHighlighting(classHighlighter),
    bracketMatching(),
    indentUnit.of("  "),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    EditorView.lineWrapping,
    placeholder(words.hint),
    keymap.of([{ key: "Tab", run: indentMore, shift: indentLess }, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ "aria-label": words.label, "data-testid": "readme-source", spellcheck: "true" }),
    EditorView.updateListener.of((update) => update.docChanged && onChange()),
    files(onFiles),
  ];
  return new EditorView({ state: EditorState.create({ doc: text, extensions }), parent });
}

/** Puts another text in, as one step that can be undone, changing only what differs. */
export function replaceText(view, text) {
  const before = view.state.doc.toString();
  if (before === text) return;
  const most = Math.min(before.length, text.length);
  let from = 0;
  while (from < most && before[from] === text[from]) from++;
  let end = 0;
  while (end < most - from && before.at(-1 - end) === text.at(-1 - end)) end++;
  const changes = { from, to: before.length - end, insert: text.slice(from, text.length - end) };
  view.dispatch({ changes, annotations: isolateHistory.of("full") });
}

/** Replaces the first place where `words` stand. */
export function replaceWords(view, words, by) {
  const at = view.state.doc.toString().indexOf(words);
  if (at >= 0) view.dispatch({ changes: { from: at, to: at + words.length, insert: by } });
}

/** Writes at the cursor. */
export function write(view, words) {
  view.dispatch(view.state.replaceSelection(words));
  view.focus();
}
