/* The body of a request: code in an editor, and a native field of the form around it that carries the text. */
import { useEffect, useRef } from "react";
import { jsx } from "@emotion/react";
import { Compartment, EditorState } from "@codemirror/state";
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/lang-json";
import { classHighlighter } from "@lezer/highlight";

const badLine = new Compartment();

/** Marks one line as wrong, as long as there is such a line. */
function marked(number) {
  return EditorView.decorations.of(({ state }) => {
    if (!number || number > state.doc.lines) return Decoration.none;
    return Decoration.set([Decoration.line({ class: "cm-badline" }).range(state.doc.line(number).from)]);
  });
}

const send = (view) => {
  view.dom.closest("form").requestSubmit();
  return true;
};

function extensions(label, testid, onText) {
  return [
    lineNumbers(),
    history(),
    json(),
    badLine.of(marked(0)),
    syntaxHighlighting(classHighlighter),
    bracketMatching(),
    indentOnInput(),
    indentUnit.of("  "),
    highlightActiveLine(),
    EditorView.lineWrapping,
    keymap.of([{ key: "Mod-Enter", run: send }, ...historyKeymap, ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter")]),
    EditorView.contentAttributes.of({ "aria-label": label, "data-testid": testid, spellcheck: "false" }),
    EditorView.updateListener.of((update) => update.docChanged && onText(update.state.doc.toString())),
  ];
}

export function BodyEditor({ name, defaultValue = "", label, testid, wrongLine, ref, ...rest }) {
  const box = useRef(null);
  const field = useRef(null);
  const editor = useRef(null);
  const begun = useRef(defaultValue);
  useEffect(() => {
    const onText = (text) => {
      begun.current = text;
      field.current.value = text;
    };
    const state = EditorState.create({ doc: begun.current, extensions: extensions(label, testid, onText) });
    const view = new EditorView({ state, parent: box.current });
    editor.current = view;
    const fill = (event) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: event.detail } });
    const area = field.current;
    area.addEventListener("fill", fill);
    return () => {
      area.removeEventListener("fill", fill);
      view.destroy();
    };
  }, [label, testid]);
  useEffect(() => {
    editor.current.dispatch({ effects: badLine.reconfigure(marked(wrongLine)) });
  }, [wrongLine, label]);
  return jsx(
    "div",
    { ...rest, ref: box },
    jsx("textarea", { ref: field, name, defaultValue, hidden: true, "aria-hidden": true, tabIndex: -1 }),
  );
}
