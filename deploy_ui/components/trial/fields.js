/* Bodies that are no text: fields of a form, files. */
import { useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { File as FileIcon, Plus, Upload, X } from "lucide-react";
import { sizeWords } from "$/public/external/deploy_ui/components/amounts/amounts.js";
import { row } from "./draft.js";
import { GhostButton, Icon, IconButton } from "./widgets.js";
import { useWords } from "./words.js";

/** Returns the properties of a place where a file can be dropped. */
function useDrop(onFile) {
  const [over, setOver] = useState(false);
  const say = (is) => (event) => {
    event.preventDefault();
    setOver(is);
  };
  const onDrop = (event) => {
    say(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return { "data-over": over || undefined, onDragOver: say(true), onDragLeave: say(false), onDrop };
}

function Chooser({ onFile, label, testid }) {
  const input = useRef(null);
  const chosen = (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) onFile(file);
  };
  return jsx(
    "span",
    { className: "contents" },
    jsx(GhostButton, { icon: Upload, onClick: () => input.current.click(), testid: `${testid}-choose` }, label),
    jsx("input", { ref: input, type: "file", hidden: true, onChange: chosen, "data-testid": testid }),
  );
}

function Chosen({ file, lost }) {
  const [say, language] = useWords();
  if (!file) return jsx("span", { className: "muted ellipsis" }, lost ? say("file_lost", { name: lost }) : say("no_file_yet"));
  return jsx(
    "span",
    { className: "row ellipsis", title: file.name },
    jsx(Icon, { as: FileIcon }),
    jsx("span", { className: "mono ellipsis" }, file.name),
    jsx("span", { className: "muted num" }, sizeWords(file.size, language)),
  );
}

export function FileBody({ file, lost, onFile }) {
  const [say] = useWords();
  return jsx(
    "div",
    { className: "trial__drop", ...useDrop(onFile), "data-testid": "file-body" },
    jsx(Icon, { as: Upload, small: false }),
    file || lost ? jsx(Chosen, { file, lost }) : jsx("span", { className: "muted" }, say("drop")),
    jsx(Chooser, { onFile, label: say("choose_file"), testid: "body-file" }),
    file ? jsx(IconButton, { icon: X, label: say("remove_file"), onClick: () => onFile(null), testid: "body-file-remove" }) : null,
  );
}

function Value({ each, change }) {
  const [say] = useWords();
  const onFile = (file) => change({ file });
  const drop = useDrop(onFile);
  if (each.isFile)
    return jsx("span", { className: "row field-file", ...drop }, jsx(Chosen, { file: each.file, lost: each.filename }), jsx(Chooser, { onFile, label: say("choose_file"), testid: "field-file" }));
  return jsx("textarea", {
    className: "kv__field",
    rows: Math.min(6, each.value.split("\n").length),
    value: each.value,
    placeholder: say("field_value"),
    "aria-label": say("field_value"),
    spellCheck: false,
    onChange: (event) => change({ value: event.target.value }),
    "data-testid": "field-value",
  });
}

function Row({ each, change, remove }) {
  const [say] = useWords();
  return jsx(
    "div",
    { className: "kv", "data-testid": "field" },
    jsx("input", {
      className: "kv__field c-key",
      value: each.name,
      placeholder: say("field_name"),
      "aria-label": say("field_name"),
      spellCheck: false,
      autoComplete: "off",
      onChange: (event) => change({ name: event.target.value }),
      "data-testid": "field-name",
    }),
    jsx(Value, { each, change }),
    jsx(IconButton, { icon: X, label: say("remove_field"), onClick: remove, testid: "remove-field" }),
  );
}

export function FieldRows({ rows, files, change }) {
  const [say] = useWords();
  return jsx(
    "div",
    { className: "trial__fields", "data-testid": "fields" },
    rows.map((each) =>
      jsx(Row, {
        key: each.id,
        each,
        change: (fields) => change(rows.map((other) => (other.id === each.id ? { ...other, ...fields } : other))),
        remove: () => change(rows.filter((other) => other.id !== each.id)),
      }),
    ),
    jsx(
      "div",
      { className: "row trial__add" },
      jsx(GhostButton, { icon: Plus, onClick: () => change([...rows, row()]), testid: "add-field" }, say("add_field")),
      files ? jsx(GhostButton, { icon: Upload, onClick: () => change([...rows, row("", "", { isFile: true })]), testid: "add-file-field" }, say("add_file_field")) : null,
    ),
  );
}
