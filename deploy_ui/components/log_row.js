/* One log line: gutter, number, time, instance, level, message. What a program wrote is only ever text. */
import { memo } from "react";
import { jsx } from "@emotion/react";
import { beyond, spans } from "./log_text.js";
import { momentOf, timeOf } from "./log_time.js";

const LOOK = { warning: "logline--warn", error: "logline--error" };
const WORD = { debug: "DEBUG", info: "INFO", warning: "WARN", error: "ERROR" };
const LONGEST_SHOWN = 8192;

/** Cuts spans at the bounds of marks: `[[from, to], …]`, ascending, in the text the spans are together. */
function marked(pieces, marks, current) {
  const found = [];
  let at = 0;
  let next = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    let from = at;
    while (from < end) {
      while (next < marks.length && marks[next][1] <= from) next += 1;
      const [begins, ends] = marks[next] ?? [Infinity, Infinity];
      const inside = begins <= from;
      const to = Math.min(end, inside ? ends : begins);
      found.push({ ...piece, text: piece.text.slice(from - at, to - at), mark: inside && (current ? "current" : "other") });
      from = to;
    }
    at = end;
  }
  return found;
}

function element({ text, className, style, mark }, key) {
  const inner = className ? jsx("span", { key, className, style }, text) : text;
  return mark ? jsx("mark", { key, className: mark === "current" ? "current" : undefined }, inner) : inner;
}

export const Message = memo(function Message({ text, marks, current, whole }) {
  const shown = spans(text, whole ? Infinity : LONGEST_SHOWN);
  return (marks?.length ? marked(shown, marks, current) : shown).map(element);
});

/** How many characters of the text a row does not show until it is asked to. */
export const hidden = (text) => beyond(text, LONGEST_SHOWN);

export function lookOf({ level, stream, trace }) {
  if (stream === "platform") return "logline--sys";
  return trace ? "logline--trace" : (LOOK[level] ?? "");
}

/** `line`: {ms, instance, level, text, stream, trace}. `number` is what stands in the second column. */
export function Row({ line, number, format = "local", now, language = "en", look = "", marks, current, whole, after, ...rest }) {
  const { ms, instance, level, text, stream, trace } = line;
  return jsx(
    "div",
    { ...rest, className: `logline ${lookOf(line)} ${look}`, "data-level": level },
    jsx("span", { className: "g" }),
    jsx("span", { className: "n" }, number),
    jsx("span", { className: "t", title: `${momentOf(ms)}\n${momentOf(ms, true)}` }, trace ? "" : timeOf(ms, format, now ?? Date.now(), language)),
    jsx("span", { className: "i", title: instance }, trace ? "" : instance),
    jsx("span", { className: "l" }, trace || stream === "platform" ? "" : (WORD[level] ?? "")),
    jsx("span", { className: "m" }, jsx(Message, { text, marks, current, whole }), after),
  );
}
