/* The time a log is shown of: the last minutes or hours, all that is kept, or from one moment to another. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { Clock } from "lucide-react";

const MINUTES = { "15m": 15, "1h": 60, "24h": 1440 };
export const RANGES = ["all", ...Object.keys(MINUTES), "own"];
export const ALL = { name: "all", since: "", until: "" };

const iso = (local) => (local ? new Date(local).toISOString() : "");

/** The moment as the field of a form has it, on the reader's clock. */
function local(moment) {
  if (!moment) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

/** The range that the address of the page names with `since` and `until`; the whole log without. */
export function ofAddress() {
  const params = new URLSearchParams(location.search);
  const [since, until] = ["since", "until"].map((name) => params.get(name) ?? "").map((text) => (Number.isNaN(Date.parse(text)) ? "" : new Date(text).toISOString()));
  return since || until ? { name: "own", since, until } : ALL;
}

/** Returns the range of a name, counted back from now. */
export function lastOf(name) {
  return { name, since: new Date(Date.now() - MINUTES[name] * 60000).toISOString(), until: "" };
}

export function RangeChoice({ range, words, choose, openOwn, own }) {
  const change = (event) => {
    const name = event.target.value;
    if (name === "own") return openOwn();
    return choose(name === "all" ? ALL : lastOf(name));
  };
  return jsx(
    "span",
    { className: "logbar__range" },
    jsx(Clock, { className: "icon", "aria-hidden": true }),
    jsx(
      "select",
      { className: "field", value: own ? "own" : range.name, onChange: change, "aria-label": words.range, "data-testid": "log-range" },
      RANGES.map((name) => jsx("option", { key: name, value: name }, words[`range_${name}`])),
    ),
  );
}

export function OwnRange({ words, choose, range = ALL }) {
  const given = range.name === "own" ? range : ALL;
  const [from, setFrom] = useState(() => local(given.since));
  const [to, setTo] = useState(() => local(given.until));
  const wrong = from && to && from > to;
  const field = (label, value, set, testId) =>
    jsx("label", {}, label, jsx("input", { type: "datetime-local", step: 1, className: "field", value, onChange: (event) => set(event.target.value), "data-testid": testId }));
  const submit = (event) => {
    event.preventDefault();
    if (!wrong) choose({ name: "own", since: iso(from), until: iso(to) });
  };
  return jsx(
    "form",
    { className: "logbar__own", onSubmit: submit },
    field(words.from, from, setFrom, "log-since"),
    field(words.to, to, setTo, "log-until"),
    jsx("button", { type: "submit", className: "btn btn--outline", disabled: Boolean(wrong) || !(from || to), "data-testid": "log-range-show" }, words.show),
    wrong ? jsx("span", { className: "logbar__wrong", role: "alert" }, words.range_wrong) : null,
  );
}
