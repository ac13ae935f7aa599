/* The toolbar of the charts: which time, what the flags mean, how often to look again, what to take along. */
import { jsx } from "@emotion/react";
import { ArrowUpRight, CalendarClock, Download, RefreshCw, ZoomOut } from "lucide-react";
import { grafanaAt, rangesFor } from "./chart_range.js";
import { REFRESHES } from "./chart_refresh.js";
import { rangeWords } from "./chart_time.js";

const iconOf = (Icon, className = "icon") => jsx(Icon, { className, "aria-hidden": true });

function Ranges({ days, view, own, words, rangeLabel, choose, openOwn }) {
  const pressed = own || !view.range ? "own" : view.within ? "" : view.range;
  const button = (name, label, onClick) => jsx("button", { key: name, type: "button", "aria-pressed": pressed === name, onClick, "data-testid": `range-${name}` }, label);
  return jsx(
    "div",
    { className: "seg", role: "group", "aria-label": words.range },
    rangesFor(days).map((name) => button(name, rangeLabel(name), () => choose(name))),
    button("own", [iconOf(CalendarClock, "icon icon--s"), words.range_own].map((part, index) => jsx("span", { key: index, className: "row" }, part)), openOwn),
  );
}

function MarkLegend({ kinds, words }) {
  const signs = { revision: "r1", crash: "!", scaled: "\u21911", woken: "*" }; // the last ones go first where there is little room
  const shown = Object.keys(signs).filter((kind) => kinds.has(kind));
  const item = (kind) => jsx("span", { key: kind, className: "row" }, jsx("span", { className: "flag", style: { "--m": `var(--chart-${kind})` }, "aria-hidden": true }, signs[kind]), words[`mark_${kind}`]);
  return shown.length ? jsx("span", { className: "charts__marks", "data-testid": "chart-marks" }, shown.map(item)) : null;
}

function Refresh({ refresh, loading, words, setRefresh, again }) {
  const select = jsx(
    "select",
    { className: "field", value: refresh, onChange: (event) => setRefresh(event.target.value), "aria-label": words.refresh, "data-testid": "chart-refresh" },
    REFRESHES.map((name) => jsx("option", { key: name, value: name }, words[`refresh_${name}`])),
  );
  const button = jsx("button", { type: "button", className: "iconbtn iconbtn--outline", "aria-label": words.refresh_now, title: words.refresh_now, onClick: again, "data-busy": loading, "data-testid": "chart-again" }, iconOf(RefreshCw));
  return jsx("span", { className: "charts__refresh" }, button, select);
}

export function ChartBar({ days, view, own, shown, kinds, grafana, refresh, loading, language, words, rangeLabel, act }) {
  return jsx(
    "div",
    { className: "toolbar charts__bar" },
    jsx(Ranges, { days, view, own, words, rangeLabel, choose: act.range, openOwn: act.openOwn }),
    view.within && view.range ? jsx("button", { type: "button", className: "iconbtn iconbtn--outline", "aria-label": words.zoom_reset, title: words.zoom_reset, onClick: act.reset, "data-testid": "zoom-reset" }, iconOf(ZoomOut)) : null,
    shown ? jsx("span", { className: "small muted num charts__time", "data-testid": "chart-time" }, rangeWords(shown.since, shown.until, language)) : null,
    jsx(
      "div",
      { className: "toolbar__end" },
      jsx(MarkLegend, { kinds, words }),
      jsx(Refresh, { refresh, loading, words, setRefresh: act.refresh, again: act.again }),
      jsx("button", { type: "button", className: "iconbtn iconbtn--outline", "aria-label": words.save_all, title: words.save_all, onClick: act.exportAll, disabled: !shown, "data-testid": "charts-csv" }, iconOf(Download)),
      grafana ? jsx("a", { className: "btn btn--outline", href: shown ? grafanaAt(grafana, shown) : grafana, target: "_blank", rel: "noopener noreferrer", "data-testid": "chart-grafana" }, words.grafana, iconOf(ArrowUpRight, "icon icon--s")) : null,
    ),
  );
}
