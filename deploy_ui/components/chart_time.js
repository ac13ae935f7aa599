/* Moments on charts, on the reader's clock and in the reader's language. */

const LOCALES = { en: "en-GB" }; // day before month, and 24 hours
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { day: "numeric", month: "short" };
const made = new Map();

function format(language, style) {
  const key = `${language} ${JSON.stringify(style)}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(LOCALES[language] ?? language, style));
  return made.get(key);
}

const date = (at) => new Date(at * 1000);
const isMidnight = (at) => date(at).getHours() === 0 && date(at).getMinutes() === 0;

/** What stands under a line of the time axis whose lines are `apart` seconds from each other. */
export function axisWords(at, apart, language) {
  if (apart >= 86400 || (apart >= 3600 && isMidnight(at))) return format(language, DAY).format(date(at));
  return format(language, apart < 60 ? { ...CLOCK, second: "2-digit" } : CLOCK).format(date(at));
}

/** "23 Nov, 08:32 – 14:32" */
export function rangeWords(since, until, language) {
  const style = until - since < 600 ? { ...DAY, ...CLOCK, second: "2-digit" } : { ...DAY, ...CLOCK };
  return format(language, style).formatRange(date(since), date(until));
}

let told = { key: "", words: "" }; // all charts ask for the same step at once

/** One step: "23 Nov, 12:28:15" where steps are short, "23 Nov, 12:25 – 12:30" where they are long. */
export function stepWords(at, step, language) {
  const key = `${at} ${step} ${language}`;
  if (told.key === key) return told.words;
  const fine = { ...DAY, ...CLOCK, second: "2-digit" };
  const words = step >= 60 ? format(language, { ...DAY, ...CLOCK }).formatRange(date(at), date(at + step)) : format(language, fine).format(date(at));
  told = { key, words };
  return words;
}

/** "14:32:08" */
export const clockWords = (ms, language) => format(language, { ...CLOCK, second: "2-digit" }).format(new Date(ms));
