/* In which ways an answer can be read, and what has to be said about it. */
import { useMemo } from "react";
import { sizeWords } from "$/public/external/deploy_ui/components/amounts/amounts.js";
import { MOST_SHOWN } from "./hex.js";
import { pretty, problemIn } from "./json_text.js";

const MOST_PRETTY = 4 * 1024 * 1024;

/** Returns the formatted JSON of an answer that is over; null if it has none. */
export function usePretty(answer, ended) {
  return useMemo(() => (ended && answer?.json && answer.kind === "text" && answer.size <= MOST_PRETTY ? pretty(answer.text) : null), [answer, ended]);
}

/** The ways to read it, the best first. */
export function modesOf(answer, formatted) {
  if (!answer.kind) return ["raw"];
  if (answer.kind === "binary") return ["hex"];
  if (answer.kind !== "text") return ["preview", "hex"];
  if (answer.svg) return ["preview", "raw"];
  return formatted === null ? ["raw"] : ["pretty", "raw"];
}

function jsonNote(answer, formatted, say, language) {
  if (!answer.json || formatted !== null || !answer.size || answer.end?.truncated) return null;
  if (answer.size > MOST_PRETTY) return say("not_pretty", { limit: sizeWords(MOST_PRETTY, language) });
  const place = problemIn(answer.text);
  return place ? say("answer_not_json", place) : say("too_deep");
}

/** What has to be said of an answer that is over. */
export function useNotes({ answer, phase, formatted, say, language }) {
  const ended = Boolean(answer?.end) || phase === "canceled" || phase === "failed";
  return useMemo(() => {
    if (!answer || !ended) return [];
    const { kind, end } = answer;
    const charset = answer.decoder.encoding;
    return [
      end?.truncated && say("truncated", { size: sizeWords(answer.size, language) }),
      phase === "canceled" && say("canceled_part"),
      phase === "failed" && say("failed_part"),
      end && jsonNote(answer, formatted, say, language),
      kind === "text" && charset !== "utf-8" && say("decoded", { charset }),
      kind === "text" && answer.broken && say("broken_text", { charset }),
      kind === "binary" && say("binary_shown", { size: sizeWords(MOST_SHOWN, language) }),
      /html/.test(answer.type) && say("html_as_text"),
    ].filter(Boolean);
  }, [answer, ended, phase, formatted, language]);
}
