/* A live log: the toolbar, the lines, and what is known about them at the foot. The lines are not React's: log_live.js. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { jsx } from "@emotion/react";
import { ArrowDown, TriangleAlert, X } from "lucide-react";
import { copyText } from "./copy.js";
import { LogBar, tool } from "./log_bar.js";
import { copySelection, wantedText } from "./log_copy.js";
import { LogFoot } from "./log_foot.js";
import { useLogKeys } from "./log_keys.js";
import { LogList } from "./log_list.js";
import { FORMATS } from "./log_menus.js";
import { park, take } from "./log_parked.js";
import { ALL } from "./log_range.js";
import { LEVEL_RANK } from "./log_store.js";

const TICK_MS = 1000;
const LINE = "line";
const INSTANCE = "instance";

function kept(name, known, otherwise) {
  const value = localStorage.getItem(name);
  return known.includes(value) ? value : otherwise;
}

function withParams(url, params) {
  const address = new URL(url, location.href);
  for (const [name, value] of Object.entries(params)) if (value) address.searchParams.set(name, value);
  return address.pathname + address.search;
}

/** The address of this page with a value in it; "" takes it out. */
function pageWith(name, value) {
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  return address;
}

const put = (name, value) => history.replaceState(history.state, "", pageWith(name, value));
const putLine = (line) => put(LINE, line);
const putRange = ({ name, since, until }) => (put("since", name === "own" ? since : ""), put("until", name === "own" ? until : ""));
const instanceOf = (url) => new URL(url, location.href).searchParams.get(INSTANCE);
const lineOf = ({ instance, cursor }) => `${instance}:${cursor}`;

/** Returns the log of an address; its `view` is what the reader chose. */
function useLive(url) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const live = useMemo(() => take(url, () => flushSync(redraw)), []);
  const linked = useRef(new URL(location.href).searchParams.get(LINE) ?? "");
  const shown = useRef(url);
  shown.current = url;
  const { since, until } = live.view.range;
  useEffect(() => {
    const address = url && withParams(url, { since, until });
    if (address && address !== live.url) live.connect(address, linked.current);
    linked.current = "";
    if (address) put(INSTANCE, instanceOf(address));
  }, [live, url, since, until]);
  useEffect(() => () => park(shown.current, live), [live]);
  const choose = (part) => {
    live.view = { ...live.view, ...part };
    redraw();
  };
  return [live, choose];
}

function useWords(words, language) {
  return useMemo(() => {
    const number = (value) => value.toLocaleString(language);
    const rules = new Intl.PluralRules(language);
    const count = (name, value) => {
      const form = rules.select(value);
      const template = words[`${name}_${form}`] ?? words[`${name}_many`];
      return template.replace("{count}", number(value));
    };
    return { number, count };
  }, [words, language]);
}

/** Raised every second while times are shown as "ago". */
function useTick(on) {
  const [tick, set] = useState(() => Date.now());
  useEffect(() => {
    if (!on) return undefined;
    set(Date.now());
    const timer = setInterval(() => set(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [on]);
  return tick;
}

function Empty({ live, view, words, empty, act }) {
  if (live.state === "connecting" || live.state === "lost") return jsx("div", { className: "log__empty" }, words[live.state]);
  const narrowed = live.store.least > 0 && live.store.next > live.store.first;
  if (!narrowed && view.range.name === "all") return jsx("div", { className: "log__empty" }, empty);
  const undo = narrowed ? () => act.level("all") : () => act.range(ALL);
  return jsx(
    "div",
    { className: "log__empty" },
    jsx("span", {}, narrowed ? words.none_of_level : words.none_in_range),
    jsx("button", { type: "button", className: "btn btn--outline", onClick: undo, "data-testid": "log-widen" }, narrowed ? words.level_every : words.range_every),
  );
}

function edgeWords(live, words) {
  if (live.loading) return words.loading_older;
  if (live.store.full) return words.full;
  return live.more ? "" : words.beginning;
}

export function LogPane({ url, downloadUrl, words, language = "en", kept: keptWords, empty, build = false, children, ref, ...rest }) {
  const [live, choose] = useLive(url);
  const { level, query, regex, range, own } = live.view;
  const [wrap, setWrap] = useState(() => kept("log.wrap", ["true", "false"], "true") === "true");
  const [format, setFormat] = useState(() => kept("log.time", FORMATS, "local"));
  const [said, setSaid] = useState("");
  const box = useRef(null);
  const input = useRef(null);
  const { number, count } = useWords(words, language);
  const tick = useTick(format === "ago");
  const { store, search } = live;
  const utc = format === "utc";
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => setSaid(""), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const pick = useCallback((seq, further) => (live.pick(seq, further), putLine(lineOf(live.store.line(live.picked[0])))), [live]);
  const act = {
    level: (name) => (choose({ level: name }), live.show(LEVEL_RANK[name])),
    find: (text, pattern) => (put("find", ""), choose({ query: text, regex: pattern }), live.find(text, pattern)),
    step: (by) => live.step(by),
    range: (chosen) => (putRange(chosen), choose({ range: chosen, own: chosen.name === "own" })),
    openOwn: () => choose({ own: true }),
    wrap: () => (localStorage.setItem("log.wrap", String(!wrap)), setWrap(!wrap)),
    format: (name) => (localStorage.setItem("log.time", name), setFormat(name)),
    copy: () => copyText(wantedText(live, utc)).then(() => setSaid(words.copied)),
    copyLink: () => copyText(String(pageWith(LINE, lineOf(store.line(live.picked[0]))))).then(() => setSaid(words.link_copied)),
    unpick: () => (live.schedule({ picked: null }), putLine("")),
  };
  const leave = () => (live.picked ? act.unpick() : query && act.find("", regex));
  useLogKeys({ focus: () => (input.current?.focus(), input.current?.select()), step: act.step, follow: () => live.follow(true), leave });
  const filters = Object.fromEntries(
    Object.entries({ since: range.since, until: range.until, level: level === "all" ? "" : level, search: query, regex: query && regex ? "1" : "" }).filter(([, value]) => value),
  );
  const blank = store.count === 0;
  const rowProps = { format, language, words, count, downloadUrl };
  const page = pageWith(LINE, "").search;
  const hrefOf = (seq) => `${page}${page ? "&" : "?"}${LINE}=${encodeURIComponent(lineOf(store.line(seq)))}`;
  const onKeyDown = (event) => {
    if (event.key.toLowerCase() !== "a" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!blank) live.schedule({ picked: [store.seqAt(0), store.seqAt(store.count - 1)] });
  };
  const list = { role: "log", "aria-live": "off", "aria-label": words.lines, tabIndex: 0, hidden: blank, className: "log", "data-wrap": wrap, "data-testid": "log" };
  return jsx(
    "div",
    { ref, ...rest, className: `logview${build ? " logview--build" : ""}`, "data-state": live.state },
    jsx(LogBar, { live, view: { level, query, regex, range, own, wrap, format }, act, words, number, build, whole: downloadUrl, filters: build ? {} : filters, input }, children),
    live.missing ? jsx("div", { className: "lognote", role: "status", "data-testid": "log-line-gone" }, jsx(TriangleAlert, { className: "icon", "aria-hidden": true }), jsx("span", { className: "grow" }, words.line_gone), tool(X, words.close, { onClick: () => (live.schedule({ missing: false }), putLine("")) }, true)) : null,
    blank ? jsx(Empty, { live, view: { range }, words, empty, act }) : null,
    jsx(LogList, { ...list, live, box, epoch: `${live.epoch} ${wrap}`, edge: edgeWords(live, words), rowProps, hrefOf, pick, numberOf: (seq) => store.numberOf(seq), tick, onKeyDown, onCopy: (event) => copySelection(event, live, utc) }),
    live.news && !live.following ? jsx("button", { type: "button", className: "btn btn--outline btn--s lognews", onClick: () => live.follow(true), "data-testid": "log-news" }, jsx(ArrowDown, { className: "icon icon--s", "aria-hidden": true }), count("new", live.news)) : null,
    jsx(LogFoot, { live, words, count, kept: keptWords, said, act }),
  );
}
