/* Sizes and durations in the reader's language: the browser knows the units. */

const STEP = 1024;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** Narrow units, "31.4 s", but with a space before them in every language. */
function amount(language, value, unit, digits) {
  const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: digits });
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

/** 31.42 → "31.4 s", 95 → "1 m 35 s"; short ones keep a digit */
export function durationWords(seconds, language) {
  const value = seconds ?? 0;
  if (value < 60) return amount(language, value, "second", value < 0.1 ? 2 : 1);
  const whole = Math.round(value);
  return `${amount(language, Math.floor(whole / 60), "minute", 0)} ${amount(language, whole % 60, "second", 0)}`;
}
