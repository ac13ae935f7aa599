/* The names of the series. A click hides one or brings it back; with Shift, or twice, only that one stays. */
import { jsx } from "@emotion/react";

export function ChartLegend({ chart, looks, hidden, seriesWords, words, toggle }) {
  const item = (series, place) => {
    const { token, dash } = looks[place];
    const click = (event) => toggle(series.name, event.shiftKey);
    const box = chart.shape === "bars" || chart.shape === "area";
    const props = {
      key: series.name,
      type: "button",
      className: "legend__item",
      "aria-pressed": !hidden.has(series.name),
      title: words.legend_hint,
      onClick: click,
      onDoubleClick: () => toggle(series.name, true),
      "data-testid": `series-${series.name}`,
    };
    const sample = jsx("i", { className: box ? "legend__box" : dash.length ? "legend__line legend__line--dashed" : "legend__line", style: { "--s": `var(--chart-${token})` }, "aria-hidden": true });
    return jsx("button", props, sample, jsx("span", { className: "ellipsis" }, seriesWords(series)));
  };
  return jsx("div", { className: "legend", role: "group", "aria-label": words.legend }, chart.series.map(item));
}
