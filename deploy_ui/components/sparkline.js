/* A day of requests in one small picture, hour by hour, with those that failed on top; and how many there were. */
import { jsx } from "@emotion/react";
import { bars } from "./spark_bars.js";
import { countWords } from "./chart_units.js";

const WIDTH = 96;
const HEIGHT = 20;

export function Sparkline({ spark, words, language = "en", ref, ...rest }) {
  if (!spark) return jsx("span", { ref, ...rest, className: "sparkcell muted" }, "\u2013");
  const number = (value) => value.toLocaleString(language);
  const failed = spark.errors.reduce((sum, each) => sum + each, 0);
  const label = words.replace("{count}", number(spark.total)).replace("{errors}", number(failed));
  const { zero, good, wrong } = bars(spark, WIDTH, HEIGHT);
  const path = (d, className) => (d ? jsx("path", { key: className, d, className }) : null);
  return jsx(
    "span",
    { ref, ...rest, className: "sparkcell", title: label },
    jsx("svg", { className: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, path(zero, "spark__zero"), path(good, "spark__ok"), path(wrong, "spark__error")),
    jsx("span", { className: spark.total ? "num" : "num muted", "aria-hidden": true }, countWords(spark.total, language)),
  );
}
