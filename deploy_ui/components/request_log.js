/* The request log: what narrows it, the table, and what is known of the open request. Rows come past the state. */
import { useCallback, useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { ArrowUp, CircleAlert, ListTree, SearchX } from "lucide-react";
import { Link, useLocation } from "react-router";
import { momentOf } from "./log_time.js";
import { EVERYTHING, asked, narrowed, remember } from "./request_address.js";
import { wordsOf } from "./request_amounts.js";
import { RequestBar } from "./request_bar.js";
import { RequestPanel } from "./request_panel.js";
import { useRequests } from "./request_reading.js";
import { RequestTable } from "./request_rows.js";

const PAGE = 100;
const iconOf = (Icon) => jsx(Icon, { className: "icon", "aria-hidden": true });

/** Returns what is wanted, as the address says, and what changes it. */
function useWanted() {
  const { key } = useLocation();
  const [wanted, set] = useState(asked);
  const shown = useRef(key);
  useEffect(() => {
    if (shown.current !== key) set(asked());
    shown.current = key;
  }, [key]);
  const choose = useCallback((changes) => set((before) => ({ ...before, ...changes })), []);
  useEffect(() => remember(wanted), [wanted]);
  return [wanted, choose];
}

/** Whether the top of the list is in view. */
function useAtTop() {
  const mark = useRef(null);
  const [atTop, set] = useState(true);
  useEffect(() => {
    const watch = new IntersectionObserver(([{ isIntersecting }]) => set(isIntersecting));
    watch.observe(mark.current);
    return () => watch.disconnect();
  }, []);
  return [mark, atTop];
}

function Empty({ Icon, title, text, children, ...rest }) {
  return jsx("div", { ...rest, className: "empty" }, jsx("div", { className: "empty__icon" }, iconOf(Icon)), jsx("h2", {}, title), jsx("p", {}, text), jsx("div", { className: "empty__actions" }, children));
}

function Nothing({ slug, words, some, gone, choose }) {
  const all = jsx("button", { type: "button", className: "btn btn--outline", onClick: () => choose(EVERYTHING), "data-testid": "show-every-request" }, words.show_every);
  if (some) return jsx(Empty, { Icon: SearchX, title: words.no_match, text: words.no_match_words, "data-testid": "no-request-matches" }, all);
  const test = gone ? null : jsx(Link, { to: `/deployments/${encodeURIComponent(slug)}/test`, className: "btn btn--outline" }, words.to_test);
  return jsx(Empty, { Icon: ListTree, title: words.none, text: gone ? words.none_gone : words.none_words, "data-testid": "no-requests" }, test);
}

function Foot({ found, words, language }) {
  const { count } = wordsOf(words, language);
  const { rows, older, standing, busy } = found;
  const oldest = rows.at(-1);
  const selected = standing.leftOut && oldest && Date.parse(oldest.at) <= Date.parse(standing.leftOut);
  return jsx(
    "div",
    { className: "tablefoot tablefoot--wrap" },
    jsx("span", { "data-testid": "requests-shown" }, count("shown", rows.length)),
    older ? jsx("button", { type: "button", className: "btn btn--ghost btn--s", disabled: busy, onClick: older, "data-testid": "older-requests" }, words.older) : null,
    jsx("span", { className: "grow" }),
    jsx("span", { className: "small muted reqs__kept", "data-testid": "requests-kept" }, selected ? `${words.selection.replace("{time}", momentOf(Date.parse(standing.leftOut)).slice(11, 19))} ` : "", count("kept", standing.keptDays)),
  );
}

export function RequestLog({ slug, words, language = "en", gone = false, ref, ...rest }) {
  const [wanted, choose] = useWanted();
  const [opened, open] = useState(null);
  const [mark, atTop] = useAtTop();
  const [long, setLong] = useState(false);
  const found = useRequests(slug, wanted, long || !atTop || opened !== null, { language, unreachable: words.unreachable });
  const { rows, standing, fresh, newer, problem } = found;
  useEffect(() => setLong(rows.length > PAGE), [rows.length]);
  useEffect(() => open(null), [slug, wanted]);
  const showNewer = () => (found.renew(), setLong(false), mark.current?.scrollIntoView({ block: "nearest" }));
  const keyName = rows.find(({ key_id: id }) => id === wanted.key)?.key_name;
  const news = { type: "button", className: "btn btn--outline btn--s", onClick: showNewer, "data-testid": "newer-requests" };
  const filled = standing && rows.length === 0 ? jsx(Nothing, { slug, words, some: standing.anything || narrowed(wanted), gone, choose }) : jsx(RequestTable, { rows: standing ? rows : null, words, language, opened: opened?.id, fresh, open });
  const quiet = standing && !standing.anything && !narrowed(wanted);
  return jsx(
    "div",
    { ref, ...rest, className: `reqs${opened ? " reqs--open" : ""}` },
    jsx(
      "div",
      { className: "reqs__list" },
      jsx("div", { ref: mark, className: "reqs__top" }),
      quiet ? null : jsx(RequestBar, { slug, wanted, words, names: { key: keyName }, choose }),
      problem ? jsx("div", { className: "callout callout--amber reqs__problem", role: "status", "data-testid": "requests-problem" }, iconOf(CircleAlert), jsx("div", { className: "grow" }, problem)) : null,
      newer ? jsx("div", { className: "calls__newer" }, jsx("button", news, iconOf(ArrowUp), words.newer)) : null,
      jsx("div", { className: problem && standing ? "reqs__stale" : undefined }, problem && !standing ? null : filled),
      standing && rows.length > 0 ? jsx(Foot, { found, words, language }) : null,
    ),
    opened ? jsx(RequestPanel, { slug, each: opened, rows, words, language, gone, open, choose: (changes) => choose(changes) }) : null,
  );
}
