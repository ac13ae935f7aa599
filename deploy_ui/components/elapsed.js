/* How long something has been going on, ticking. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { durationWords } from "./amounts.js";

const TICK_MS = 500;

export function Elapsed({ since, language, ref, ...rest }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - Date.parse(String(since).replace(" ", "T"))) / 1000));
  return jsx("span", { ...rest, ref }, Number.isNaN(seconds) ? "" : durationWords(seconds, language));
}
