/* The toolbar of a log: levels, search, time range, follow, wrap, clock, copy, download. */
import { jsx } from "@emotion/react";
import { ChevronDown, ChevronUp, CircleAlert, Copy, Search, WrapText } from "lucide-react";
import { DownloadMenu, TimeMenu } from "./log_menus.js";
import { OwnRange, RangeChoice } from "./log_range.js";

const LEVELS = ["all", "info", "warning", "error"];

const iconOf = (Icon, small) => jsx(Icon, { className: `icon${small ? " icon--s" : ""}`, "aria-hidden": true });

export function tool(Icon, label, props, small = false) {
  return jsx("button", { type: "button", className: `iconbtn${small ? " iconbtn--s" : ""}`, "aria-label": label, title: label, ...props }, iconOf(Icon, small));
}

function Levels({ level, counts, words, number, choose }) {
  const button = (each) =>
    jsx(
      "button",
      { key: each, type: "button", "aria-pressed": level === each, onClick: () => choose(each), "data-testid": `level-${each}` },
      words[`level_${each}`],
      counts[each] ? jsx("span", { className: "num muted" }, number(counts[each])) : null,
    );
  return jsx("div", { className: "seg", role: "group", "aria-label": words.level }, LEVELS.map(button));
}

function Find({ query, regex, search, words, number, input, find, step }) {
  const onKeyDown = (event) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") query ? find("", regex) : event.target.blur();
    if (["Enter", "Escape"].includes(event.key)) event.preventDefault();
  };
  const place = words.of.replace("{place}", number(search.place() + 1)).replace("{count}", number(search.matches.length));
  const counter = search.busy ? "…" : search.matches.length ? place : words.nothing;
  return jsx(
    "label",
    { className: "field logbar__find", "data-wrong": Boolean(search.problem) },
    iconOf(Search),
    jsx("input", {
      ref: input,
      className: "field__value",
      role: "searchbox",
      value: query,
      placeholder: words.find,
      "aria-label": words.find,
      "aria-invalid": Boolean(search.problem),
      "aria-keyshortcuts": "/ Control+F",
      spellCheck: false,
      autoComplete: "off",
      "data-testid": "log-search",
      onChange: (event) => find(event.target.value, regex),
      onKeyDown,
    }),
    query && !search.problem ? jsx("span", { className: "small muted num", role: "status", "data-testid": "log-matches" }, counter) : null,
    query ? tool(ChevronUp, words.previous, { onClick: () => step(-1), "data-testid": "log-previous" }, true) : null,
    query ? tool(ChevronDown, words.next, { onClick: () => step(1), "data-testid": "log-next" }, true) : null,
    jsx(
      "button",
      { type: "button", className: "iconbtn iconbtn--s logbar__regex", "aria-pressed": regex, "aria-label": words.regex, title: words.regex, onClick: () => find(query, !regex), "data-testid": "log-regex" },
      ".*",
    ),
  );
}

function Follow({ on, words, toggle }) {
  return jsx(
    "button",
    { type: "button", className: "switchline", role: "switch", "aria-checked": on, onClick: toggle, title: words.follow_hint, "data-testid": "follow" },
    jsx("span", { className: "switch", "aria-checked": on }),
    words.follow,
  );
}

/** `view` is what the reader chose, `act` what each control does; see LogPane. */
export function LogBar({ live, view, act, words, number, build, whole, filters, input, children }) {
  const { store, search } = live;
  const [, , warning, error] = store.leveled;
  return jsx(
    "div",
    { className: "logbar", role: "toolbar", "aria-label": words.tools },
    children,
    build ? null : jsx(Levels, { level: view.level, counts: { warning, error }, words, number, choose: act.level }),
    jsx(Find, { query: view.query, regex: view.regex, search, words, number, input, find: act.find, step: act.step }),
    build ? null : jsx(RangeChoice, { range: view.range, own: view.own, words, choose: act.range, openOwn: act.openOwn }),
    jsx(
      "div",
      { className: "logbar__end" },
      jsx(Follow, { on: live.following, words, toggle: () => live.follow(!live.following) }),
      tool(WrapText, words.wrap, { "aria-pressed": view.wrap, onClick: act.wrap, "data-testid": "log-wrap" }),
      jsx(TimeMenu, { format: view.format, words, choose: act.format }),
      tool(Copy, live.picked ? words.copy_picked : words.copy, { onClick: act.copy, "data-testid": "log-copy" }),
      jsx(DownloadMenu, { whole, filters, words }),
    ),
    search.problem ? jsx("span", { className: "logbar__wrong", role: "alert", "data-testid": "log-wrong" }, iconOf(CircleAlert, true), words[`pattern_${search.problem}`]) : null,
    view.own ? jsx(OwnRange, { words, choose: act.range, range: view.range }) : null,
  );
}
