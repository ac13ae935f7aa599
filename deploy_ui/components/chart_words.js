/* The texts of charts that hold a name, a number or a moment. */
import { lengthOf } from "./chart_range.js";

const NAMED = new Set(["cpu", "memory", "gpu", "gpu_memory"]);

/** Returns functions that say things in the reader's language. */
export function wordsFor(words, language) {
  const rules = new Intl.PluralRules(language);
  const count = (name, value) => {
    const template = words[`${name}_${rules.select(value)}`] ?? words[`${name}_many`];
    return template.replace("{count}", value.toLocaleString(language));
  };
  return {
    rangeLabel: (name) => words[`range_${name}`] ?? count("days", lengthOf(name) / 86400),
    kept: (days) => count("kept", days),
    step: (length) => (length < 60 ? words.step_s.replace("{count}", length) : words.step_min.replace("{count}", Math.round(length / 60))),
    /** Instances by their key, all else in words, or as it is named. */
    series: (chart) => ({ name, labels = {} }) => {
      if (NAMED.has(chart.name)) return labels.revision ? `${name} \u00b7 r${labels.revision}` : name;
      return words[`series_${name}`] ?? name;
    },
    mark: ({ kind, label, facts = {} }) => {
      const said = (words[`said_${kind}`] ?? "{label}").replace("{label}", label).replace("{reason}", words[`reason_${facts.reason}`] ?? words.reason_crashed);
      return facts.count > 1 ? `${said} (${facts.count.toLocaleString(language)}\u00d7)` : said;
    },
  };
}
