/* What a point of a chart leads to: the requests and the log lines of its time. */
import { useEffect, useRef } from "react";
import { jsx } from "@emotion/react";
import { List, ScrollText, ZoomIn } from "lucide-react";
import { linkTo } from "./chart_range.js";
import { stepWords } from "./chart_time.js";

const iconOf = (Icon) => jsx(Icon, { className: "icon", "aria-hidden": true });

export function ChartPick({ pick, step, card, withLogs, language, words, zoom, close, leave }) {
  const box = useRef(null);
  const { at, left } = pick;
  const until = at + step;
  useEffect(() => {
    box.current?.querySelector("a")?.focus({ preventScroll: true });
    const outside = (event) => box.current?.contains(event.target) || close();
    const key = (event) => event.key === "Escape" && leave();
    document.addEventListener("pointerdown", outside);
    document.addEventListener("keydown", key);
    return () => (document.removeEventListener("pointerdown", outside), document.removeEventListener("keydown", key));
  }, [pick, close, leave]);
  const link = (href, Icon, text, testId) => jsx("a", { href, className: "chartpick__item", "data-testid": testId }, iconOf(Icon), jsx("span", {}, text));
  return jsx(
    "div",
    { ref: box, className: "chartpick", role: "dialog", "aria-label": words.pick, style: { left: `${left}px` }, "data-testid": "chart-pick" },
    jsx("div", { className: "chartpick__time num" }, stepWords(at, step, language)),
    link(linkTo(`${card}/monitoring`, at, until, { view: "requests" }), List, words.pick_requests, "pick-requests"),
    withLogs ? link(linkTo(`${card}/logs`, at, until), ScrollText, words.pick_logs, "pick-logs") : null,
    jsx("button", { type: "button", className: "chartpick__item", onClick: () => (close(), zoom(at - step * 5, until + step * 5)), "data-testid": "pick-zoom" }, iconOf(ZoomIn), jsx("span", {}, words.pick_zoom)),
  );
}
