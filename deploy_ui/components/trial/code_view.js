/* The editors of the API test tab: the same CodeMirror to write a body and to read an answer, plain where text is large. */
import { EditorState, Compartment } from "@codemirror/state";
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/lang-json";
import { classHighlighter } from "@lezer/highlight";

export const LARGE = 500000;
/* Letters: above it there are no colours, and long lines are not broken. */

const looks = new Compartment();
const badLine = new Compartment();

function looksOf(language, large) {
  if (large) return [];
  return [EditorView.lineWrapping, language === "json" ? [json(), bracketMatching(), indentOnInput()] : []];
}

/** Marks one line as wrong, as long as there is such a line. */
function marked(number) {
  return EditorView.decorations.of(({ state }) => {
    if (!number || number > state.doc.lines) return Decoration.none;
    return Decoration.set([Decoration.line({ class: "cm-badline" }).range(state.doc.line(number).from)]);
  });
}

const common = (label, testid) => [
  lineNumbers(),
  syntaxHighlighting(classHighlighter),
  indentUnit.of("  "),
  badLine.of(marked(0)),
  EditorView.contentAttributes.of({ "aria-label": label, "data-testid": testid, spellcheck: "false", tabindex: "0" }),
];

const send = (view) => {
  view.dom.closest("form").requestSubmit();
  return true;
};

function writing(onChange) {
  const others = defaultKeymap.filter(({ key }) => key !== "Mod-Enter");
  return [
    history(),
    highlightActiveLine(),
    keymap.of([{ key: "Mod-Enter", run: send }, ...historyKeymap, ...others]),
    EditorView.updateListener.of((update) => update.docChanged && onChange(update)),
  ];
}

/** One editor in `parent`; turns plain by itself when its text grows large. */
export class CodeView {
  constructor(parent, { text, language, label, testid, onChange }) {
    const large = text.length > LARGE;
    Object.assign(this, { language, large });
    const listener = (update) => {
      this.settle();
      onChange(update.state.doc);
    };
    const mode = onChange ? writing(listener) : [EditorState.readOnly.of(true), EditorView.editable.of(false)];
    const extensions = [common(label, testid), looks.of(looksOf(language, large)), mode];
    this.view = new EditorView({ state: EditorState.create({ doc: text, extensions }), parent });
  }

  get length() {
    return this.view.state.doc.length;
  }

  /** Changes the looks when the text has become large or small. */
  settle() {
    const large = this.length > LARGE;
    if (large === this.large) return;
    this.large = large;
    queueMicrotask(() => this.view.dispatch({ effects: looks.reconfigure(looksOf(this.language, large)) }));
  }

  fill(text) {
    this.view.dispatch({ changes: { from: 0, to: this.length, insert: text } });
  }

  /** Adds to the end; stays at the end if `follow` and it is there. */
  append(text, follow) {
    const { scrollDOM } = this.view;
    const atEnd = scrollDOM.scrollHeight - scrollDOM.scrollTop - scrollDOM.clientHeight < 40;
    this.view.dispatch({ changes: { from: this.length, insert: text } });
    this.settle();
    if (follow && atEnd) this.view.dispatch({ effects: EditorView.scrollIntoView(this.length) });
  }

  mark(line) {
    this.view.dispatch({ effects: badLine.reconfigure(marked(line)) });
  }

  destroy() {
    this.view.destroy();
  }
}
