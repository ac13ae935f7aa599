/* One variable: name, value, whether it is secret, and the way out. A secret value is covered unless it is being typed. */
import { useEffect, useRef } from "react";
import { jsx, jsxs } from "react/jsx-runtime";
import { Undo2, X } from "lucide-react";
import { looksLikeFile } from "./env_rows.js";

const MOST_LINES = 8;

function lines(value) {
  return Math.min(MOST_LINES, value.split("\n").length);
}

function Value({ row, wrong, words, label, onChange }) {
  const kept = row.known?.secret && row.value === "";
  return jsx("textarea", {
    className: `field field--s mono env__value${row.secret ? " env__value--secret" : ""}${wrong ? " field--error" : ""}`,
    rows: lines(row.value),
    value: row.value,
    placeholder: kept && row.secret ? words.kept : kept ? words.new_value : words.value,
    spellCheck: false,
    autoComplete: "off",
    "aria-label": label,
    "data-testid": "env-value",
    onChange: (event) => onChange({ value: event.target.value }),
  });
}

export function EnvRow({ row, wrong, words, onChange, onRemove, onPasteFile }) {
  const first = useRef(null);
  useEffect(() => {
    if (row.focus) first.current?.focus();
  }, [row.focus]);
  const called = (text) => text.replace("{name}", row.name);
  if (row.removed) {
    return jsxs("li", {
      className: "env__row env__row--removed",
      "data-testid": "env-row",
      children: [
        jsx("del", { className: "mono wrap env__name", children: row.name }),
        jsx("span", { className: "muted small", children: words.removed }),
        jsx("button", { type: "button", className: "iconbtn iconbtn--s env__out", title: called(words.keep), "aria-label": called(words.keep), onClick: () => onChange({ removed: false }), children: jsx(Undo2, { className: "icon icon--s", "aria-hidden": true }) }),
      ],
    });
  }
  const onPaste = (event) => {
    const text = event.clipboardData.getData("text");
    if (!looksLikeFile(text)) return;
    event.preventDefault();
    onPasteFile(text);
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault(); // half a row is no form
  };
  const badName = wrong && !["bad_value", "needs_value"].includes(wrong);
  return jsxs("li", {
    className: "env__row",
    "data-testid": "env-row",
    children: [
      row.known
        ? jsx("span", { className: "mono wrap env__name env__name--kept", title: row.name, children: row.name })
        : jsx("input", {
            ref: first,
            className: `field field--s mono env__name${badName ? " field--error" : ""}`,
            value: row.name,
            placeholder: words.name,
            spellCheck: false,
            autoComplete: "off",
            "aria-label": words.name,
            "aria-invalid": Boolean(badName),
            "data-testid": "env-name",
            onPaste,
            onKeyDown,
            onChange: (event) => onChange({ name: event.target.value.trim() }),
          }),
      jsx(Value, { row, wrong: wrong && !badName, words, label: called(words.value_of), onChange }),
      jsxs("label", {
        className: "env__secret small",
        children: [
          jsx("button", {
            type: "button",
            role: "switch",
            className: "switch",
            "aria-checked": row.secret,
            "aria-label": called(words.secret_of),
            "data-testid": "env-secret",
            onClick: () => onChange({ secret: !row.secret }),
          }),
          jsx("span", { "aria-hidden": true, children: words.secret }),
        ],
      }),
      jsx("button", { type: "button", className: "iconbtn iconbtn--s env__out", title: called(words.remove), "aria-label": called(words.remove), "data-testid": "env-remove", onClick: onRemove, children: jsx(X, { className: "icon icon--s", "aria-hidden": true }) }),
      wrong ? jsx("span", { className: "error env__wrong", role: "alert", "data-testid": "env-wrong", children: called(words[wrong]) }) : null,
    ],
  });
}
