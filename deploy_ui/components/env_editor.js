/* Environment variables, a row each. Values stay here until the form around is submitted: a hidden field carries them;
   before that only what changes is told, without secret values. */
import { useEffect, useRef, useState } from "react";
import { jsx, jsxs } from "react/jsx-runtime";
import { Plus, ClipboardPaste } from "lucide-react";
import { DotenvBox } from "./dotenv_box.js";
import { EnvRow } from "./env_row.js";
import { changes, freshRow, keptRow, problem, withVariables } from "./env_rows.js";

const PAUSE_MS = 250;

/** The rows: of a deployment that is there its variables first, else one to begin with. */
function useRows(url) {
  const [rows, setRows] = useState(url ? null : []);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!url) return undefined;
    let left = false;
    fetch(url, { headers: { accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
      .then(({ env }) => !left && setRows(env.length ? env.map(keptRow) : [freshRow()]))
      .catch(() => !left && setFailed(true));
    return () => {
      left = true;
    };
  }, [url, tries]);
  const again = () => {
    setFailed(false);
    setTries(tries + 1);
  };
  return { rows, setRows, failed, again };
}

/** Tells what changed once typing pauses. */
function useNote(rows, onNote) {
  const latest = useRef(onNote);
  latest.current = onNote;
  const told = useRef("[]");
  const draft = rows ? JSON.stringify(changes(rows, { draft: true })) : "[]";
  const whole = rows ? JSON.stringify(changes(rows, { draft: false })) : "[]";
  useEffect(() => {
    if (whole === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = whole;
      latest.current?.(draft);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, whole]);
  return whole;
}

export function EnvEditor({ name, url, words, error, back, onNote, onCancel, ref, ...rest }) {
  const { rows, setRows, failed, again } = useRows(url);
  const whole = useNote(rows, onNote);
  const [pasting, setPasting] = useState(null);
  useEffect(() => {
    if (!back) return undefined;
    return () => requestAnimationFrame(() => document.activeElement === document.body && document.getElementById(back)?.focus());
  }, [back]);
  if (failed) {
    return jsxs("div", { className: "row", children: [words.not_read, jsx("button", { type: "button", className: "btn btn--outline btn--s", onClick: again, children: words.again })] });
  }
  if (!rows) return jsx("div", { className: "env", "aria-busy": true, children: jsx("span", { className: "skeleton env__skeleton" }) });
  const change = (id, values) => setRows(rows.map((each) => (each.id === id ? { ...each, ...values } : each)));
  const remove = (row) => (row.known ? change(row.id, { removed: true, value: row.known.value ?? "", secret: row.known.secret }) : setRows(rows.filter((each) => each !== row)));
  const add = () => setRows([...rows, { ...freshRow(), focus: true }]);
  const onKeyDown = (event) => {
    if (event.key === "Escape" && whole === "[]") {
      event.preventDefault();
      onCancel?.();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      event.target.form?.requestSubmit();
    }
  };
  const problems = rows.map((each) => problem(each, rows));
  const calm = problems.every((each) => !each);
  return jsxs("div", {
    ...rest,
    ref,
    className: "env",
    onKeyDown,
    "data-testid": `edit-${name}`,
    children: [
      jsx("input", { type: "hidden", name, value: whole }),
      jsx("ul", {
        className: "env__rows",
        children: rows.map((row, at) =>
          jsx(
            EnvRow,
            {
              row: url && at === 0 && !row.known ? { ...row, focus: true } : row,
              wrong: problems[at],
              words,
              onChange: (values) => change(row.id, values),
              onRemove: () => remove(row),
              onPasteFile: setPasting,
            },
            row.id,
          ),
        ),
      }),
      calm && error ? jsx("span", { className: "error", role: "alert", "data-testid": `wrong-${name}`, children: error }) : null,
      pasting === null
        ? jsxs("div", {
            className: "row row--wrap env__foot",
            children: [
              jsxs("button", { type: "button", className: "btn btn--outline btn--s", onClick: add, "data-testid": "env-add", children: [jsx(Plus, { className: "icon icon--s", "aria-hidden": true }), words.add] }),
              jsxs("button", { type: "button", className: "btn btn--ghost btn--s", onClick: () => setPasting(""), "data-testid": "env-paste", children: [jsx(ClipboardPaste, { className: "icon icon--s", "aria-hidden": true }), words.paste] }),
            ],
          })
        : jsx(DotenvBox, {
            begin: pasting,
            words,
            onClose: () => setPasting(null),
            onRead: (variables) => {
              setRows(withVariables(rows, variables));
              setPasting(null);
            },
          }),
    ],
  });
}
