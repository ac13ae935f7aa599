/* A measured value: the number, and its unit smaller. */
import { jsx } from "@emotion/react";
import { valueParts } from "./chart_units.js";

export function Figure({ unit, value, words, language = "en", ref, ...rest }) {
  const [number, name] = valueParts(unit, value, language, words);
  return jsx("span", { ref, ...rest }, number, name ? jsx("small", {}, ` ${name}`) : null);
}
