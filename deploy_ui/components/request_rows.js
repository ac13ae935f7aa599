/* The table of requests: one row a request, which opens what else is known of it. Paths are callers' words: only text. */
import { memo } from "react";
import { jsx } from "@emotion/react";
import { sizeWords } from "./amounts.js";
import { CopyButton } from "./copy.js";
import { momentOf, timeOf } from "./log_time.js";
import { lookOf, tookWords } from "./request_amounts.js";

const DASH = "\u2013";
const SHORT_ID = 8;
const COLUMNS = [
  { name: "time", look: "reqs__time fact-cell", width: 112 },
  { name: "method", look: "reqs__method fact-cell", width: 72 },
  { name: "path", look: "reqs__path name" },
  { name: "code", look: "reqs__code status-cell", width: 64 },
  { name: "took", look: "r fact-cell", width: 100 },
  { name: "size", look: "r fact-cell", width: 72 },
  { name: "instance", look: "mono fact-cell reqs-spare-1", width: 88 },
  { name: "revision", look: "r fact-cell reqs-spare-2", width: 74 },
  { name: "key", look: "fact-cell reqs-spare-1", width: 104 },
  { name: "id", look: "mono fact-cell reqs-spare-2", width: 104 },
];
const SKELETONS = ["60%", "80%", "50%", "70%", "40%", "65%", "55%", "75%"];
const spareOf = (look) => look.split(" ").find((each) => each.startsWith("reqs-spare")) ?? "";

export function statusOf(status, words) {
  return jsx("span", { className: "status", title: status === 0 ? words.status_none : undefined }, jsx("span", { className: `dot dot--${lookOf(status)}`, "aria-hidden": true }), status === 0 ? DASH : status);
}

export function keyOf({ console: own, key_name: name, key_id: id }, words) {
  if (own) return jsx("span", { className: "muted" }, words.console_key);
  return name || (id ? jsx("span", { className: "mono", title: words.foreign_key }, id) : DASH);
}

function cellsOf(each, words, language, open) {
  const ms = Date.parse(each.at);
  const reason = each.kind === "accepted" ? words.kind_accepted : words[`reason_${each.reason}`];
  const id = each.request_id;
  return {
    time: jsx("span", { title: `${momentOf(ms)}\n${momentOf(ms, true)}` }, timeOf(ms, "local", Date.now(), language)),
    method: each.method,
    path: jsx(
      "span",
      { className: "reqs__where" },
      jsx("button", { type: "button", className: "rowlink mono", title: each.path, onClick: open, "data-testid": "open-request" }, each.path || DASH),
      reason ? jsx("span", { className: "muted small reqs__why", title: reason }, reason) : null,
    ),
    code: statusOf(each.status, words),
    took: tookWords(each.duration_s, language),
    size: jsx("span", { title: `${words.received}: ${sizeWords(each.bytes_in, language)}\n${words.sent}: ${sizeWords(each.bytes_out, language)}` }, sizeWords(each.bytes_out, language)),
    instance: each.instance || DASH,
    revision: each.revision ?? DASH,
    key: keyOf(each, words),
    id: id ? jsx("span", { className: "reqs__id" }, jsx("span", { title: id }, id.slice(0, SHORT_ID)), jsx(CopyButton, { text: id, label: words.copy_id, copiedLabel: words.copied, className: "iconbtn iconbtn--s copy over" })) : DASH,
  };
}

const Row = memo(function Row({ each, words, language, opened, fresh, open }) {
  const cells = cellsOf(each, words, language, () => open(each));
  const look = fresh ? "isnew" : undefined;
  return jsx(
    "tr",
    { className: look, "aria-selected": opened, "data-testid": "request", "data-request": each.id },
    COLUMNS.map(({ name, look: looks }) => jsx("td", { key: name, className: looks, "data-label": words[name] }, cells[name])),
  );
});

function Waiting() {
  return SKELETONS.map((width, at) => jsx("tr", { key: at }, COLUMNS.map(({ name, look }) => jsx("td", { key: name, className: look }, jsx("span", { className: "skeleton", style: { width, height: 12 }, "aria-hidden": true })))));
}

/** `rows` null: they are on their way. */
export function RequestTable({ rows, words, language, opened, fresh, open }) {
  const head = ({ name, look }) => jsx("th", { key: name, scope: "col", className: look.replace("mono", "") }, words[name]);
  const col = ({ name, look, width }) => jsx("col", { key: name, className: spareOf(look), style: width ? { width } : undefined });
  const row = (each) => jsx(Row, { key: each.id, each, words, language, opened: each.id === opened, fresh: fresh?.has(each.id), open });
  return jsx(
    "div",
    { className: "tablebox tablebox--cards tablebox--facts", "aria-busy": rows === null, "data-testid": "requests" },
    jsx(
      "table",
      { className: "table" },
      jsx("colgroup", {}, COLUMNS.map(col)),
      jsx("thead", {}, jsx("tr", {}, COLUMNS.map(head))),
      jsx("tbody", {}, rows === null ? jsx(Waiting, {}) : rows.map(row)),
    ),
  );
}
