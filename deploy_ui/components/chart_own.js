/* From one moment to another: the fields of an own range, in the reader's time. */
import { useState } from "react";
import { jsx } from "@emotion/react";

const local = (at) => new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 19);
const seconds = (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : Number.NaN);

/** `shown` fills the fields; `choose(since, until)` gets what was entered. */
export function ChartOwnRange({ shown, days, words, choose, close }) {
  const [from, setFrom] = useState(() => local(shown.since));
  const [to, setTo] = useState(() => local(shown.until));
  const wrong = !(seconds(from) < seconds(to));
  const least = local(Date.now() / 1000 - days * 86400);
  const field = (label, value, set, testId) =>
    jsx("label", {}, label, jsx("input", { type: "datetime-local", step: 1, min: least, className: "field", value, onChange: (event) => set(event.target.value), "data-testid": testId }));
  const submit = (event) => {
    event.preventDefault();
    if (!wrong) choose(seconds(from), seconds(to));
  };
  return jsx(
    "form",
    { className: "charts__own", onSubmit: submit, noValidate: true, onKeyDown: (event) => event.key === "Escape" && close() },
    field(words.from, from, setFrom, "chart-since"),
    field(words.to, to, setTo, "chart-until"),
    jsx("button", { type: "submit", className: "btn btn--outline", disabled: wrong, "data-testid": "chart-own-show" }, words.show),
    wrong ? jsx("span", { className: "charts__wrong", role: "alert" }, words.range_wrong) : null,
  );
}
