/* Sizes, durations and numbers in the reader's language: the browser knows the units. */

const STEP = 1024;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** Narrow units, "31.4 s", but with a space before them in every language, and minutes that are not metres. */
export function amount(language, value, unit, digits) {
  const unitDisplay = unit === "minute" ? "short" : "narrow";
  const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay, maximumFractionDigits: digits });
  const parts = format.formatToParts(value);
  const number = parts.filter(({ type }) => type !== "unit" && type !== "literal").map((part) => part.value);
  return `${number.join("")}\u00a0${parts.find(({ type }) => type === "unit").value}`;
}

/** 61000000 → "58.2 MB" */
export function sizeWords(bytes, language) {
  let value = bytes ?? 0;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return amount(language, value, UNITS[unit], unit === 0 || value >= 100 ? 0 : 1);
}

const STEPS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** 31.42 → "31.4 s", 95 → "1 min 35 s", 9480 → "2 h 38 min", 300 → "5 min"; short ones keep a digit */
export function durationWords(seconds, language) {
  const value = seconds ?? 0;
  if (value < 60) return amount(language, value, "second", value < 0.1 ? 2 : 1);
  const whole = Math.round(value);
  const first = STEPS.findIndex(([, length]) => whole >= length);
  const [[large, length], [small, part]] = STEPS.slice(first, first + 2);
  const rest = Math.floor((whole % length) / part);
  const words = amount(language, Math.floor(whole / length), large, 0);
  return rest ? `${words} ${amount(language, rest, small, 0)}` : words;
}

/** 38 → "38 ms", 30012 → "30 s" */
export function latencyWords(ms, language) {
  const value = ms ?? 0;
  return value < 1000 ? amount(language, value, "millisecond", 0) : durationWords(value / 1000, language);
}

/** 0.5 → "0.5", in Russian "0,5" */
export function decimalWords(value, language) {
  return (value ?? 0).toLocaleString(language, { maximumFractionDigits: 2 });
}
