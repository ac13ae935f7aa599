/* Measured values in words and on axes: the unit is chosen once for a whole chart, so that its axis holds plain numbers. */

const KIB = 1024;
const BYTES = [1, KIB, KIB ** 2, KIB ** 3, KIB ** 4].map((size, index) => ({ size, word: ["b", "kib", "mib", "gib", "tib"][index] }));
const SECONDS = [
  { size: 0.001, word: "ms" },
  { size: 1, word: "s" },
  { size: 60, word: "min" },
  { size: 3600, word: "h" },
];
const MANY = [
  { size: 1, word: "" },
  { size: 1e3, word: "k" },
  { size: 1e6, word: "m" },
];
const PER_SECOND = { per_second: true, bytes_per_second: true };
const LONG_S = 90; // so many seconds are still read as seconds
const FINE = [1, 2, 2.5, 5];
const COMPACT = 10000; // smaller counts are written out

const last = (steps, value) => steps.findLast((step) => value >= step.size) ?? steps[0];

function ofSeconds(value) {
  if (value < 1) return SECONDS[0];
  if (value < LONG_S) return SECONDS[1];
  return value < LONG_S * 60 ? SECONDS[2] : SECONDS[3];
}

/** Returns `{size, word, suffix}`: what a value is divided by, and the texts that name the result. */
export function scaleOf(unit, most) {
  if (unit === "seconds") return { ...ofSeconds(most), suffix: "" };
  if (unit === "bytes" || unit === "bytes_per_second") return { ...last(BYTES, most), suffix: PER_SECOND[unit] ? "per_s" : "" };
  if (unit === "ratio") return { size: 0.01, word: "percent", suffix: "" };
  if (unit === "cores") return { size: 1, word: "cores", suffix: "" };
  if (unit === "hours") return { size: 1, word: "h", suffix: "" };
  return { ...last(MANY, most), suffix: PER_SECOND[unit] ? "per_s" : "" };
}

const WHOLE = { maximumFractionDigits: 0 };
const CENTS = { maximumFractionDigits: 2 };
const THREE = { maximumSignificantDigits: 3 };
const FOUR = { maximumSignificantDigits: 4 };
const SHORT = { notation: "compact", maximumSignificantDigits: 3 };
const formats = new Map(); // making one takes longer than using it a hundred times

function written(value, language, style) {
  const made = formats.get(style) ?? {};
  formats.set(style, made);
  made[language] ??= new Intl.NumberFormat(language, style);
  return made[language].format(value);
}

/** Keeps three digits that say something: 2.345 → 2.35; 0.01234 → 0.0123; 312.4 → 312 */
function digits(unit, value, language) {
  const size = Math.abs(value);
  if ((unit === "ratio" && size >= 1) || unit === "hours") return written(value, language, CENTS);
  return written(value, language, size >= 100 ? WHOLE : THREE);
}

/** 1870 → "1,870"; 61200 → "61.2k", in Russian with its own short word. */
export function countWords(value, language) {
  if (Math.abs(value) < COMPACT) return digits("count", value, language);
  return written(value, language, SHORT).replace("K", "k");
}

/** 0.0312 seconds → "31.2 ms"; null is a dash. `words` are the names of the units. */
export function valueWords(unit, value, language, words) {
  const [number, name] = valueParts(unit, value, language, words);
  return name ? `${number}\u00a0${name}` : number;
}

/** The same as its number and its unit, which is empty for a count. */
export function valueParts(unit, value, language, words) {
  if (value === null || value === undefined) return ["\u2013", ""];
  if (unit === "count" || unit === "per_second") return [countWords(value, language), unit === "count" ? "" : words.per_s];
  const { size, word, suffix } = scaleOf(unit, Math.abs(value));
  const number = digits(unit, value / size, language);
  return [number, [words[word], words[suffix]].filter(Boolean).join("")];
}

/** What stands behind the title of a chart: "ms", "GiB", "k/s". */
export function unitWords(unit, most, words) {
  const { word, suffix } = scaleOf(unit, most);
  return [words[word], words[suffix]].filter(Boolean).join("");
}

/** The number at a line of the axis, without its unit. */
export function tickWords(unit, most, value, language) {
  return written(value / scaleOf(unit, most).size, language, FOUR);
}

/** The distances that lines of an axis may have: round ones in the chart's unit, whole ones where things are counted. */
export function ticksOf(unit, most) {
  const { size } = scaleOf(unit, most);
  const least = unit === "count" ? 0 : -6;
  const powers = Array.from({ length: 12 - least }, (_, index) => 10 ** (index + least));
  return powers.flatMap((power) => FINE.map((step) => step * power)).filter((step) => unit !== "count" || Number.isInteger(step)).map((step) => (unit === "count" ? step : step * size));
}
