/* What narrows the request log: the search, choices, the time, and what was picked from a request. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { Download, Search, X } from "lucide-react";
import { OwnRange, RangeChoice } from "./log_range.js";
import { KINDS, METHODS, SLOW, STATUSES, queryOf } from "./request_address.js";

const PAUSE_MS = 250;
const iconOf = (Icon, small) => jsx(Icon, { className: `icon${small ? " icon--s" : ""}`, "aria-hidden": true });

function Find({ value, words, change }) {
  const [typed, setTyped] = useState(value);
  const input = useRef(null);
  const timer = useRef(0);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const onKey = (event) => {
      const busy = event.target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog]");
      if (event.key !== "/" || busy || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => (document.removeEventListener("keydown", onKey), clearTimeout(timer.current));
  }, []);
  const tell = (text, pause) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change(text), pause);
  };
  const field = {
    ref: input,
    type: "text",
    role: "searchbox",
    className: "field__value",
    value: typed,
    placeholder: words.search,
    "aria-label": words.search,
    spellCheck: false,
    autoComplete: "off",
    "data-testid": "request-search",
    onChange: (event) => tell(event.target.value, PAUSE_MS),
    onKeyDown: (event) => event.key === "Escape" && typed && tell("", 0),
  };
  const clear = { type: "button", className: "iconbtn iconbtn--s field__end", "aria-label": words.clear, title: words.clear, onClick: () => tell("", 0) };
  const end = typed ? jsx("button", clear, iconOf(X, true)) : jsx("span", { className: "kbd only-wide", "aria-hidden": true }, "/");
  return jsx("label", { className: "field toolbar__search reqs__search" }, iconOf(Search), jsx("input", field), end);
}

function Choice({ name, value, known, label, wordOf, change }) {
  const choices = known.includes(value) ? known : [...known, value];
  return jsx(
    "select",
    { className: "field", value, onChange: (event) => change(event.target.value), "aria-label": label, "data-testid": `request-${name}` },
    choices.map((each) => jsx("option", { key: each, value: each }, wordOf(each))),
  );
}

function Statuses({ value, words, change }) {
  const known = STATUSES.includes(value) ? STATUSES : [...STATUSES, value];
  const wordOf = (each) => words[`status_${each || "all"}`] ?? each;
  const chip = (each) =>
    jsx("button", { key: each, type: "button", className: "chip", "aria-pressed": each === value, onClick: () => change(each), "data-testid": `status-${each || "all"}` }, wordOf(each));
  return jsx("div", { className: "chips", role: "group", "aria-label": words.status }, known.map(chip));
}

/** What was picked from a request, to be taken away again. */
function Picked({ wanted, words, names, choose }) {
  const shown = [
    ["instance", words.instance, wanted.instance],
    ["key", words.key, names.key ?? wanted.key],
  ].filter(([name]) => wanted[name]);
  const badge = ([name, label, value]) => {
    const away = `${words.clear}: ${label} ${value}`;
    const button = { type: "button", className: "reqs__away", "aria-label": away, title: away, onClick: () => choose({ [name]: "" }) };
    return jsx("span", { key: name, className: "badge reqs__picked", "data-testid": `picked-${name}` }, `${label}: `, jsx("span", { className: "ellipsis" }, value), jsx("button", button, iconOf(X, true)));
  };
  return shown.map(badge);
}

/** `choose` takes the changes to what is wanted. */
export function RequestBar({ slug, wanted, words, names, choose }) {
  const [own, setOwn] = useState(wanted.range.name === "own");
  useEffect(() => setOwn(wanted.range.name === "own"), [wanted.range.name]);
  const chooseRange = (range) => (setOwn(range.name === "own"), choose({ range }));
  const table = `/api/v1/deployments/${encodeURIComponent(slug)}/requests.csv?${queryOf(wanted)}`;
  const slowWord = (each) => words[`slow_${each.replace(".", "") || "any"}`] ?? `≥ ${each}`;
  return jsx(
    "div",
    {},
    jsx(
      "div",
      { className: "toolbar" },
      jsx(Find, { value: wanted.search, words, change: (search) => choose({ search }) }),
      jsx(Choice, { name: "method", value: wanted.method, known: METHODS, label: words.method, wordOf: (each) => each || words.any_method, change: (method) => choose({ method }) }),
      jsx(Choice, { name: "slow", value: wanted.min, known: SLOW, label: words.took, wordOf: slowWord, change: (min) => choose({ min }) }),
      jsx(Choice, { name: "kind", value: wanted.kind, known: KINDS, label: words.kind, wordOf: (each) => words[`kind_${each || "any"}`] ?? each, change: (kind) => choose({ kind }) }),
      jsx(
        "div",
        { className: "toolbar__end" },
        jsx(RangeChoice, { range: wanted.range, words, own, openOwn: () => setOwn(true), choose: chooseRange }),
        jsx("a", { className: "btn btn--outline", href: table, download: true, title: words.table_words, "data-testid": "request-table" }, iconOf(Download), "CSV"),
      ),
      own ? jsx(OwnRange, { key: wanted.range.since + wanted.range.until, words, range: wanted.range, choose: chooseRange }) : null,
    ),
    jsx("div", { className: "toolbar reqs__statuses" }, jsx(Statuses, { value: wanted.status, words, change: (status) => choose({ status }) }), jsx(Picked, { wanted, words, names, choose })),
  );
}
