/* The texts of the API test tab, in the reader's language. */
import { createContext, useContext } from "react";

export const Words = createContext({ words: {}, language: "en" });

/** "{n} of {m}" → "3 of 7" */
export const fill = (text, facts = {}) => text.replace(/\{([a-z_]+)\}/g, (all, name) => (name in facts ? facts[name] : all));

/** Returns the function that says a text by its key, and the language for numbers. */
export function useWords() {
  const { words, language } = useContext(Words);
  return [(key, facts) => fill(words[key] ?? key, facts), language];
}
