/* Statuses, durations and times of requests, as they stand in the table and beside it. */
import { amount, durationWords } from "./amounts.js";

/** The look of the dot of a status. */
export function lookOf(status) {
  if (status === 0 || status >= 500) return "error";
  if (status >= 400) return "degraded";
  return status >= 300 ? "canceled" : "completed";
}

/** 0.00123 → "1.2 ms", 0.038 → "38 ms", 2.31 → "2.3 s" */
export function tookWords(seconds, language) {
  const ms = seconds * 1000;
  return ms < 999.5 ? amount(language, ms, "millisecond", ms < 10 ? 1 : 0) : durationWords(seconds, language);
}

/** Returns functions for numbers, and for texts with a number, in the reader's language. */
export function wordsOf(words, language) {
  const rules = new Intl.PluralRules(language);
  const number = (value) => value.toLocaleString(language);
  const count = (name, value) => (words[`${name}_${rules.select(value)}`] ?? words[`${name}_many`]).replace("{count}", number(value));
  return { number, count };
}
