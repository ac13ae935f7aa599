/* The left panel: the body of the request in one of its kinds, the headers, the checkbox. */
import { Suspense, lazy, useRef } from "react";
import { jsx } from "@emotion/react";
import { BodyEditor } from "./body_editor.js";
import { KINDS, jsonProblem, lacking, ofKind, withFile } from "./draft.js";
import { FieldRows, FileBody } from "./fields.js";
import { AsyncBox, HeaderRows } from "./header_rows.js";
import { pretty } from "./json_text.js";
import { GhostButton, Segmented, Wrong } from "./widgets.js";
import { useWords } from "./words.js";

const SchemaForm = lazy(() => import("./schema_form.js").then((module) => ({ default: module.SchemaForm })));

function Head({ draft, editor, onExample, setProblem }) {
  const [say] = useWords();
  const format = () => {
    const text = draft.texts.json.toString();
    const made = pretty(text);
    if (made === null) setProblem(jsonProblem(text));
    else editor.current.fill(made);
  };
  return jsx(
    "div",
    { className: "panel__head" },
    jsx("h2", { className: "h2" }, say("body")),
    jsx("span", { className: "grow" }),
    jsx(GhostButton, { onClick: onExample, testid: "example" }, say("example")),
    draft.kind === "json" && !draft.asForm ? jsx(GhostButton, { onClick: format, testid: "format" }, say("format")) : null,
  );
}

function Kinds({ draft, change, schema }) {
  const [say] = useWords();
  const kinds = KINDS.map((each) => [each, say(`kind_${each}`)]);
  return jsx(
    "div",
    { className: "trial__kinds" },
    jsx(Segmented, { choices: kinds, value: draft.kind, onChoose: (kind) => change(ofKind(draft, kind)), label: say("kind"), testid: "kind" }),
    draft.kind === "json" && schema
      ? jsx(Segmented, {
          choices: [["text", say("as_text")], ["form", say("as_form")]],
          value: draft.asForm ? "form" : "text",
          onChoose: (how) => change({ asForm: how === "form" }),
          label: say("json_how"),
          testid: "json",
        })
      : null,
  );
}

function Content({ draft, change, schema, editor, problem, setProblem }) {
  const [say] = useWords();
  const { kind } = draft;
  const onText = (doc) => change((now) => ({ texts: { ...now.texts, [kind]: doc } }));
  if (kind === "none") return jsx("div", { className: "muted trial__none" }, say("no_body"));
  if (kind === "file") return jsx(FileBody, { file: draft.file, lost: draft.filename, onFile: (file) => change(withFile(draft, file)) });
  if (kind === "form" || kind === "multipart")
    return jsx(FieldRows, { rows: draft[kind], files: kind === "multipart", change: (rows) => change({ [kind]: rows }) });
  if (kind === "json" && draft.asForm && schema)
    return jsx(Suspense, { fallback: jsx("div", { className: "trial__none", "aria-busy": true }) }, jsx(SchemaForm, { schema, text: draft.texts.json.toString(), onText }));
  const wrongLine = problem?.facts?.line ?? 0;
  return jsx(BodyEditor, { key: `${kind}-${draft.version}`, ref: editor, language: kind, text: draft.texts[kind], label: say("body"), wrongLine, onText, onProblem: setProblem });
}

/** What a request from the history lacks. */
function Lacking({ draft }) {
  const [say] = useWords();
  return lacking(draft).map((each) => jsx("div", { key: each, className: "small trial__note", role: "note", "data-testid": "left-out" }, say(`left_${each}`)));
}

export function BodyPanel({ draft, change, schema, onExample, problem, setProblem, wrong }) {
  const editor = useRef(null);
  return jsx(
    "div",
    { className: "panel" },
    jsx(Head, { draft, editor, onExample, setProblem }),
    jsx(Kinds, { draft, change, schema }),
    jsx(Lacking, { draft }),
    jsx(Content, { draft, change, schema, editor, problem, setProblem }),
    jsx(Wrong, { testid: "wrong-body" }, wrong.body),
    jsx(HeaderRows, { draft, change, wrong: wrong.headers }),
    jsx(AsyncBox, { on: draft.asynchronous, onToggle: () => change({ asynchronous: !draft.asynchronous }) }),
  );
}
