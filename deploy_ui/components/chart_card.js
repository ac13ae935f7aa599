/* One chart in its box: title, legend, menu, the plot, and what its points lead to. */
import { memo, useCallback, useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { DropdownMenu } from "@radix-ui/themes";
import { Ellipsis, FileSpreadsheet, Image } from "lucide-react";
import { fileName } from "./chart_csv.js";
import { measured, mostOf, newest } from "./chart_data.js";
import { exportChart, exportPicture } from "./chart_export.js";
import { ChartLegend } from "./chart_legend.js";
import { ChartPick } from "./chart_pick.js";
import { Plot } from "./chart_plot.js";
import { rangeWords } from "./chart_time.js";
import { unitWords, valueWords } from "./chart_units.js";

const iconOf = (Icon) => jsx(Icon, { className: "icon", "aria-hidden": true });
const ARROWS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -100000, End: 100000 };

/** Keeps one plot in a box, as wide as the box. `identity` changes where a plot must be made anew. */
function usePlot(box, shown, act, identity) {
  const plot = useRef(null);
  const latest = useRef({});
  latest.current = act;
  useEffect(() => {
    const made = new Plot(box.current, shown, {
      zoom: (since, until) => latest.current.zoom(since, until),
      reset: () => latest.current.reset(),
      pick: (index, left) => latest.current.pick(index, left),
    });
    plot.current = made;
    const observer = new ResizeObserver(([{ contentRect }]) => contentRect.width > 0 && made.width(contentRect.width));
    observer.observe(box.current);
    return () => (observer.disconnect(), made.destroy(), (plot.current = null));
  }, [identity]);
  useEffect(() => {
    if (plot.current && plot.current.shown !== shown) plot.current.update(shown);
  }, [shown]);
  return plot;
}

function ChartMenu({ words, title, save, picture }) {
  const item = (Icon, text, onSelect, testId) =>
    jsx(DropdownMenu.Item, { className: "menu__item", onSelect, "data-testid": testId }, iconOf(Icon), jsx("span", { className: "menu__label" }, text));
  const label = `${words.menu}: ${title}`;
  return jsx(
    DropdownMenu.Root,
    { modal: false },
    jsx(DropdownMenu.Trigger, {}, jsx("button", { type: "button", className: "iconbtn iconbtn--s", "aria-label": label, title: words.menu, "data-testid": "chart-menu" }, iconOf(Ellipsis))),
    jsx(
      DropdownMenu.Content,
      { className: "menu", align: "end", sideOffset: 4 },
      item(FileSpreadsheet, words.save_csv, save, "chart-csv"),
      item(Image, words.save_png, picture, "chart-png"),
    ),
  );
}

function spoken(title, unit, shown) {
  const { chart, hidden, seriesWords, language, words } = shown;
  const values = chart.series.filter(({ name }) => !hidden.has(name)).slice(0, 8).map((each) => `${seriesWords(each)} ${valueWords(chart.unit, newest(each), language, words)}`);
  return `${title}${unit ? `, ${unit}` : ""}. ${values.length ? `${words.newest}: ${values.join(", ")}` : words[`empty_${chart.name}`] ?? words.empty}`;
}

export const ChartCard = memo(function ChartCard({ shown, answer, slug, card, withLogs, toggle, zoom, reset }) {
  const { chart, looks, hidden, times, step, theme, language, words, seriesWords } = shown;
  const box = useRef(null);
  const [pick, setPick] = useState(null);
  const close = useCallback(() => setPick(null), []);
  const leave = useCallback(() => (setPick(null), box.current?.focus({ preventScroll: true })), []);
  const most = mostOf(chart.series.map(({ values }) => values));
  const unit = unitWords(chart.unit, Math.max(most, chart.limit && most > chart.limit * 0.3 ? chart.limit : 0), words);
  const title = words[`name_${chart.name}`] ?? chart.name;
  const identity = `${chart.name} ${chart.shape} ${chart.series.map(({ name }) => name).join("\n")}`;
  const act = { zoom, reset: () => (close(), reset()), pick: (index, left) => setPick({ at: times[index], left: Math.min(left, Math.max(0, (box.current?.clientWidth ?? 0) - 260)) }) };
  const plot = usePlot(box, shown, act, identity);
  const limit = chart.limit ? words.limit.replace("{value}", valueWords(chart.unit, chart.limit, language, words)) : "";
  const nothing = measured(chart) ? "" : (words[`empty_${chart.name}`] ?? words.empty);
  const under = [nothing ? "" : unit, limit].filter(Boolean).join(", ");
  const picture = () => {
    const legend = chart.series.map((each, place) => ({ name: each.name, label: seriesWords(each), color: theme[looks[place].token] })).filter(({ name }) => !hidden.has(name));
    const head = { title: under ? `${title} \u00b7 ${under}` : title, time: `${slug} \u00b7 ${rangeWords(answer.since, answer.until, language)}`, legend, theme };
    exportPicture(plot.current.u.ctx.canvas, head, fileName(slug, chart.name, answer, "png"));
  };
  const keys = (event) => {
    if (event.key in ARROWS) return event.preventDefault(), plot.current.step(ARROWS[event.key]);
    if (event.key === "Escape") return pick ? close() : plot.current.leave();
    const { idx, left } = plot.current.u.cursor;
    if (event.key === "Enter" && event.target === event.currentTarget && idx !== null && left >= 0) act.pick(idx, left);
    return undefined;
  };
  return jsx(
    "figure",
    { className: "chart", "data-testid": `chart-${chart.name}` },
    jsx(
      "figcaption",
      { className: "chart__head" },
      jsx("span", { className: "chart__title" }, title, under ? jsx("span", { className: "chart__unit" }, under) : null),
      jsx(ChartLegend, { chart, looks, hidden, seriesWords, words, toggle: (name, only) => toggle(chart, name, only) }),
      jsx(ChartMenu, { words, title, save: () => exportChart(chart, answer, slug), picture }),
    ),
    jsx(
      "div",
      { className: "chart__area" },
      jsx("div", { ref: box, className: "chart__plot", role: "img", tabIndex: 0, "aria-label": spoken(title, under, shown), onKeyDown: keys, onBlur: () => plot.current?.leave() }),
      nothing ? jsx("div", { className: "chart__empty" }, nothing) : null,
      pick ? jsx(ChartPick, { pick, step, card, withLogs, language, words, zoom, close, leave }) : null,
    ),
  );
});
