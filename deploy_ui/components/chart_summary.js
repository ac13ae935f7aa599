/* The row of figures over the charts, each with its change against the same time a day before. */
import { jsx } from "@emotion/react";
import { changeOf } from "./chart_change.js";
import { valueParts } from "./chart_units.js";

function changeWords(figure, language, words) {
  const change = changeOf(figure);
  if (!change) return { text: words.no_before, kind: "" };
  if (change.sign === 0) return { text: words.same_before, kind: "" };
  if (change.amount === null) return { text: words.none_before, kind: "" };
  const amount = change.amount.toLocaleString(language, change.amount >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 2 });
  const template = change.points ? words.points_before : words.percent_before;
  return { text: template.replace("{change}", `${change.sign > 0 ? "+" : "\u2212"}${amount}`), kind: change.kind };
}

export function ChartSummary({ figures, language, words }) {
  const tile = (figure) => {
    const [number, unit] = valueParts(figure.unit, figure.value, language, words);
    const { text, kind } = changeWords(figure, language, words);
    return jsx(
      "div",
      { key: figure.name, className: "stat", "data-testid": `figure-${figure.name}` },
      jsx("div", { className: "stat__label" }, words[`figure_${figure.name}`] ?? figure.name),
      jsx("div", { className: "stat__value" }, number, unit ? jsx("small", {}, ` ${unit}`) : null),
      jsx("div", { className: `stat__note${kind ? ` stat__note--${kind}` : ""}`, title: text }, text),
    );
  };
  return jsx("div", { className: "stats stats--box charts__figures", role: "group", "aria-label": words.summary }, figures.map(tile));
}

const FIGURES = 5;
const CARDS = 6;

/** What stands there until the first values come, of the same size. */
export function ChartSkeleton({ words }) {
  const bar = (width, height) => jsx("span", { className: "skeleton", style: { width, height, display: "block" } });
  const tile = (_, index) => jsx("div", { key: index, className: "stat stat--waiting" }, bar("64px", "12px"), bar("96px", "20px"), bar("120px", "12px"));
  const card = (_, index) => jsx("div", { key: index, className: "chart chart--waiting" }, bar("140px", "14px"), bar("100%", "140px"));
  return jsx(
    "div",
    { "aria-busy": true, "aria-label": words.loading, role: "status", "data-testid": "charts-waiting" },
    jsx("div", { className: "stats stats--box charts__figures" }, Array.from({ length: FIGURES }, tile)),
    jsx("div", { className: "charts" }, Array.from({ length: CARDS }, card)),
  );
}
