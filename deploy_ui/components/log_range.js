/* The time a log is shown of: the last minutes or hours, all that is kept, or from one moment to another. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { Clock } from "lucide-react";

const MINUTES = { "15m": 15, "1h": 60, "24h": 1440 };
export const RANGES = ["all", ...Object.keys(MINUTES), "own"];
export const ALL = { name: "all", since: "", until: "" };

const iso = (local) => (local ? new Date(local).toISOString() : "");

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

export function OwnRange({ words, choose }) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
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
