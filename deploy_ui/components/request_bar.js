/* What narrows the request log: the search, choices, the time, and what was picked from a request. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { Download, Search, X } from "lucide-react";
import { OwnRange, RangeChoice } from "./log_range.js";
import { KINDS, METHODS, SLOW, STATUSES, queryOf } from "./request_address.js";
import { SearchField } from "./search.js";

const iconOf = (Icon, small) => jsx(Icon, { className: `icon${small ? " icon--s" : ""}`, "aria-hidden": true });

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
      jsx(
        SearchField,
        { className: "field toolbar__search reqs__search", value: wanted.search, placeholder: words.search, clearLabel: words.clear, onChange: (search) => choose({ search }), spellCheck: false, autoComplete: "off", "data-testid": "request-search" },
        iconOf(Search),
      ),
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
