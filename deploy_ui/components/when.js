/* A moment as people say it, "26 min ago", kept true while the page is open; the exact time is in the tooltip. */
import { useEffect, useMemo, useState } from "react";
import { jsx } from "@emotion/react";

const UNITS = [
  ["year", 31557600],
  ["month", 2629800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const NOW_S = 5;

function inWords(seconds, format, now) {
  if (Math.abs(seconds) < NOW_S) return now;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each);
  return format.format(Math.trunc(seconds / length), unit).replaceAll(".", "");
}

export function When({ at, language = "en", now, never, exact = false, ref, ...rest }) {
  const moment = useMemo(() => (at ? new Date(String(at).replace(" ", "T")) : null), [at]);
  const [clock, setClock] = useState(() => Date.now());
  const seconds = moment ? (moment.getTime() - clock) / 1000 : 0;
  const step = Math.abs(seconds) < 90 ? 1000 : 30000;
  useEffect(() => {
    setClock(Date.now());
    if (!moment || exact) return undefined;
    const timer = setInterval(() => setClock(Date.now()), step);
    return () => clearInterval(timer);
  }, [moment, step, exact]);
  const relative = useMemo(() => new Intl.RelativeTimeFormat(language, { style: "short" }), [language]);
  const absolute = useMemo(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }), [language]);
  if (!moment) return jsx("span", { ref, ...rest }, never);
  const words = exact ? absolute.format(moment) : inWords(seconds, relative, now);
  return jsx("time", { ref, ...rest, dateTime: moment.toISOString(), title: absolute.format(moment), suppressHydrationWarning: true }, words);
}
