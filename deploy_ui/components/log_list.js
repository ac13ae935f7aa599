/* The lines on the screen: only those in view are in the page, whatever is held, and they stay where the reader is. */
import { memo, useLayoutEffect, useRef } from "react";
import { jsx } from "@emotion/react";
import { Virtualizer } from "virtua";
import { Row, hidden } from "./log_row.js";

const LINE_PX = 20;
export const EDGE_PX = 32;
const BUFFER_PX = 700; // more than comes between two drawings at a thousand lines a second
const NEAR_END_PX = 40;
const NEAR_TOP_PX = 1200;

function Lines({ ref, style, children }) {
  return jsx("div", { ref, style, className: "log__lines" }, children);
}

const Line = memo(function Line({ live, seq, number, href, pick, format, now, language, picked, marks, current, whole, words, count, downloadUrl }) {
  const line = live.store.line(seq);
  const more = whole ? 0 : hidden(line.text);
  const onPick = (event) => {
    event.preventDefault();
    pick(seq, event.shiftKey);
  };
  const note = (element, props, text) => jsx(element, { className: "log__more", key: text, ...props }, text);
  const after = [
    more ? note("button", { type: "button", onClick: () => live.schedule({ whole: new Set(live.whole).add(seq) }) }, count("more", more)) : null,
    line.cut ? note("a", { href: downloadUrl, download: true }, count("cut", line.cut)) : null,
  ];
  const link = jsx("a", { href, onClick: onPick, title: words.link, tabIndex: -1, "data-testid": "log-number" }, number);
  return jsx(Row, { line, number: link, format, now, language, look: picked ? "logline--picked" : "", marks, current, whole, after, "data-seq": seq });
});

/** Scrolls after React is done: to what is to be revealed, or to the end while the log is followed. */
function settle(live, box, list) {
  if (live.reveal && live.store.count) {
    const { seq, align } = live.reveal;
    live.reveal = null;
    list.scrollToIndex(Math.min(live.store.indexOf(seq), live.store.count - 1), { align });
  } else if (live.following) {
    box.scrollTop = box.scrollHeight;
  }
}

export function LogList({ live, box, epoch, edge, rowProps, hrefOf, pick, numberOf, tick, ...rest }) {
  const list = useRef(null);
  const seen = useRef({ top: 0, height: 0 });
  const { store, search } = live;
  useLayoutEffect(() => {
    if (list.current) settle(live, box.current, list.current);
  });
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    const away = scrollHeight - scrollTop - clientHeight;
    const last = seen.current;
    const up = scrollTop < last.top - 1 && scrollHeight >= last.height;
    seen.current = { top: scrollTop, height: scrollHeight };
    if (!store.count) return;
    live.top = store.seqAt(list.current.findItemIndex(Math.max(0, scrollTop - EDGE_PX)));
    live.bottom = store.seqAt(list.current.findItemIndex(Math.max(0, scrollTop + clientHeight - EDGE_PX - LINE_PX)));
    if (live.following && up && away > NEAR_END_PX) live.follow(false);
    else if (!live.following && away < 2 && scrollTop > last.top && live.state !== "held") live.follow(true);
    if (scrollTop < NEAR_TOP_PX) live.loadOlder();
  };
  const [from, to] = live.picked ? [Math.min(...live.picked), Math.max(...live.picked)] : [0, -1];
  const row = (_, index) => {
    const seq = store.seqAt(index);
    const shown = { number: numberOf(seq), href: hrefOf(seq), picked: seq >= from && seq <= to, marks: search.marks(seq), current: seq === search.current, whole: live.whole.has(seq) };
    return jsx(Line, { key: seq, live, seq, pick, now: tick, ...shown, ...rowProps });
  };
  return jsx(
    "div",
    { ...rest, ref: box, onScroll, "data-short": store.count < 40 },
    jsx("div", { className: "log__edge", style: { height: EDGE_PX } }, edge),
    jsx(
      Virtualizer,
      { key: `${epoch}`, ref: list, as: Lines, data: { length: store.count }, itemSize: LINE_PX, bufferSize: BUFFER_PX, shift: live.shift, startMargin: EDGE_PX },
      row,
    ),
  );
}
