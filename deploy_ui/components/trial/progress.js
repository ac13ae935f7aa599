/* How far a request is, and for how long it has been on its way. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { durationWords, sizeWords } from "$/public/external/deploy_ui/components/amounts/amounts.js";
import { useWords } from "./words.js";

const TICK_MS = 100;

function useNow() {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function stageOf({ phase, sent, total, answer }, say, language) {
  const size = (bytes) => sizeWords(bytes, language);
  if (phase === "receiving") return say("receiving", { size: size(answer.size) });
  return phase === "sending" && total ? say("sending", { sent: size(sent), total: size(total) }) : say("waiting");
}

export function Progress({ state }) {
  const [say, language] = useWords();
  const seconds = Math.max(0, useNow() - state.began) / 1000;
  const { phase, sent, total } = state;
  return jsx(
    "span",
    { className: "row small muted trial__progress", "data-testid": "progress", "data-phase": phase },
    jsx("span", { className: "dot dot--busy" }),
    jsx("span", { className: "num", role: "status" }, stageOf(state, say, language)),
    jsx("span", { className: "num" }, durationWords(Math.floor(seconds * 10) / 10, language)),
    phase === "sending" && total ? jsx("progress", { value: sent, max: total, "aria-hidden": true }) : null,
  );
}
