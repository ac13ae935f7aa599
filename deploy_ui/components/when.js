/* A moment as people say it, "26 min ago", kept true while the page is open; or on the clock, "14:31:06" today and
   "22 Nov, 19:27" before; or exact, or exact to the second. The whole of it is in the tooltip. */
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
const LOCALES = { en: "en-GB" }; // day before month, and 24 hours
const DAY = { day: "numeric", month: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const STYLES = {
  exact: { ...DAY, year: "numeric", hour: "2-digit", minute: "2-digit" },
  full: { ...DAY, year: "numeric", ...CLOCK },
  today: CLOCK,
  day: { ...DAY, hour: "2-digit", minute: "2-digit" },
  year: { ...DAY, year: "numeric" },
};

function written(moment, style, language) {
  return new Intl.DateTimeFormat(LOCALES[language] ?? language, STYLES[style]).format(moment);
}

/** The time of today, the day and time of this year, the date of another. */
function clockStyle(moment, today) {
  if (moment.toDateString() === today.toDateString()) return "today";
  return moment.getFullYear() === today.getFullYear() ? "day" : "year";
}

function inWords(seconds, format, now) {
  if (Math.abs(seconds) < NOW_S) return now;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each);
  return format.format(Math.trunc(seconds / length), unit).replaceAll(".", "");
}

export function When({ at, language = "en", now, never, look = "ago", ref, ...rest }) {
  const moment = useMemo(() => (at ? new Date(String(at).replace(" ", "T")) : null), [at]);
  const [clock, setClock] = useState(() => Date.now());
  const seconds = moment ? (moment.getTime() - clock) / 1000 : 0;
  const step = look === "ago" && Math.abs(seconds) < 90 ? 1000 : 30000;
  useEffect(() => {
    setClock(Date.now());
    if (!moment || look === "exact" || look === "full") return undefined;
    const timer = setInterval(() => setClock(Date.now()), step);
    return () => clearInterval(timer);
  }, [moment, step, look]);
  const relative = useMemo(() => new Intl.RelativeTimeFormat(language, { style: "short" }), [language]);
  const full = useMemo(() => (moment ? written(moment, "full", language) : ""), [moment, language]);
  if (!moment) return jsx("span", { ref, ...rest }, never);
  const style = look === "clock" ? clockStyle(moment, new Date(clock)) : look === "full" ? "full" : "exact";
  const words = look === "ago" ? inWords(seconds, relative, now) : written(moment, style, language);
  return jsx("time", { ref, ...rest, dateTime: moment.toISOString(), title: full, suppressHydrationWarning: true }, words);
}
