/* The foot of a log: whether it is live, how much is held, what is picked. */
import { jsx } from "@emotion/react";

const DOT = { live: "ready", lost: "degraded", refused: "failed", ended: "ended" };

function Picked({ live, words, count, act }) {
  const { store, picked } = live;
  const lines = store.indexOf(Math.max(...picked)) - store.indexOf(Math.min(...picked)) + 1;
  const action = (text, onClick, testId) => jsx("button", { type: "button", className: "log__more", onClick, "data-testid": testId }, text);
  return jsx(
    "span",
    { className: "row", "data-testid": "log-picked" },
    jsx("span", { className: "num" }, count("picked", lines)),
    action(words.copy_link, act.copyLink, "log-copy-link"),
    action(words.copy_picked, act.copy, "log-copy-picked"),
    action(words.unpick, act.unpick, "log-unpick"),
  );
}

export function LogFoot({ live, words, count, kept, said, act }) {
  const { store, state, following } = live;
  const shown = state === "live" && !following ? "paused" : state;
  const from = store.held.size > 1 ? ` ${count("from", store.held.size)}` : "";
  return jsx(
    "div",
    { className: "logfoot" },
    jsx("span", { className: "status", role: "status" }, jsx("span", { className: `dot dot--${DOT[shown] ?? "pending"}`, "aria-hidden": true }), words[shown]),
    jsx("span", { "aria-hidden": true }, "·"),
    jsx("span", { className: "num", "data-testid": "log-count", "data-count": store.next - store.first }, count("lines", store.next - store.first) + from),
    live.picked ? jsx(Picked, { live, words, count, act }) : null,
    jsx("span", { className: "grow", role: "status" }, said),
    kept ? jsx("span", {}, kept) : null,
  );
}
