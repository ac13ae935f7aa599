/* A live log with its toolbar. The lines themselves are not React's: see log_lines.js. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { ChevronDown, ChevronUp, Copy, Download, Search, WrapText } from "lucide-react";
import { copyText } from "./copy.js";
import { feed } from "./log_feed.js";
import { LogLines } from "./log_lines.js";

const LEVELS = ["all", "info", "warning", "error"];

const iconOf = (Icon) => jsx(Icon, { className: "icon", "aria-hidden": true });

function tool(Icon, label, props) {
  return jsx("button", { type: "button", className: "iconbtn", "aria-label": label, title: label, ...props }, iconOf(Icon));
}

function Levels({ level, counts, words, choose }) {
  const button = (each) =>
    jsx(
      "button",
      { key: each, type: "button", "aria-pressed": level === each, onClick: () => choose(each), "data-testid": `level-${each}` },
      words[`level_${each}`],
      counts[each] ? jsx("span", { className: "num" }, counts[each]) : null,
    );
  return jsx("div", { className: "seg", role: "group", "aria-label": words.level }, LEVELS.map(button));
}

function Find({ query, lines, words, setQuery }) {
  const found = lines?.marks.length ?? 0;
  return jsx(
    "label",
    { className: "field logbar__find" },
    iconOf(Search),
    jsx("input", {
      className: "field__value",
      role: "searchbox",
      value: query,
      placeholder: words.find,
      "aria-label": words.find,
      "data-testid": "log-search",
      onChange: (event) => setQuery(event.target.value),
      onKeyDown: (event) => {
        if (event.key === "Enter") lines?.step(event.shiftKey ? -1 : 1);
        if (event.key === "Escape") setQuery("");
      },
    }),
    query ? jsx("span", { className: "small muted num" }, `${found ? lines.current + 1 : 0} / ${found}`) : null,
    query ? tool(ChevronUp, words.previous, { className: "iconbtn iconbtn--s", onClick: () => lines?.step(-1) }) : null,
    query ? tool(ChevronDown, words.next, { className: "iconbtn iconbtn--s", onClick: () => lines?.step(1) }) : null,
  );
}

function Foot({ state, lines, follow, words, kept }) {
  const paused = state === "live" && !follow;
  const dot = { live: "ready", lost: "degraded", refused: "failed", ended: "ended" }[state] ?? "pending";
  return jsx(
    "div",
    { className: "logfoot" },
    jsx("span", { className: "status" }, jsx("span", { className: `dot dot--${paused ? "pending" : dot}` }), paused ? words.paused : words[state]),
    jsx("span", { className: "num", "data-testid": "log-count" }, `${words.lines}: ${lines?.total ?? 0}`),
    jsx("span", { className: "grow" }),
    kept ? jsx("span", {}, kept) : null,
  );
}

export function LogPane({ url, downloadUrl, words, kept, empty, maxLines = 5000, build = false, children, ref, ...rest }) {
  const box = useRef(null);
  const lines = useRef(null);
  const following = useRef(true);
  const [, redraw] = useState(0);
  const [state, setState] = useState("connecting");
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(true);
  const [level, setLevel] = useState("all");
  const [query, setQuery] = useState("");
  useEffect(() => {
    if (!url) return undefined;
    const log = new LogLines(box.current, maxLines, () => redraw((n) => n + 1));
    lines.current = log;
    const end = feed(url, (news) => log.add(news), setState);
    return () => {
      end();
      log.clear();
    };
  }, [url, maxLines]);
  useEffect(() => lines.current?.search(query), [query, url]);
  const setFollowing = (on) => {
    following.current = on;
    setFollow(on);
    if (on) lines.current?.toEnd();
  };
  const onScroll = () => {
    const end = lines.current?.atEnd() ?? true;
    if (end !== following.current) setFollowing(end);
  };
  const log = lines.current;
  const toolbar = jsx(
    "div",
    { className: "logbar" },
    children,
    build ? null : jsx(Levels, { level, counts: log?.counts ?? {}, words, choose: setLevel }),
    jsx(Find, { query, lines: log, words, setQuery }),
    jsx(
      "button",
      { type: "button", className: "switchline", role: "switch", "aria-checked": follow, onClick: () => setFollowing(!follow), "data-testid": "follow" },
      jsx("span", { className: "switch", "aria-checked": follow }),
      words.follow,
    ),
    tool(WrapText, words.wrap, { "aria-pressed": wrap, onClick: () => setWrap(!wrap) }),
    tool(Copy, words.copy, { onClick: () => copyText(log?.text() ?? ""), "data-testid": "log-copy" }),
    jsx("a", { className: "iconbtn", href: downloadUrl, download: true, "aria-label": words.download, title: words.download, "data-testid": "log-download" }, iconOf(Download)),
  );
  const blank = !(log?.total > 0);
  return jsx(
    "div",
    { ref, ...rest, className: `logview${build ? " logview--build" : ""}`, "data-state": state },
    toolbar,
    blank ? jsx("div", { className: "log__empty" }, empty) : null,
    jsx("div", { ref: box, className: "log", role: "log", "aria-live": "off", tabIndex: 0, hidden: blank, onScroll, "data-least": level, "data-wrap": wrap, "data-testid": "log" }),
    jsx(Foot, { state, lines: log, follow, words, kept }),
  );
}
