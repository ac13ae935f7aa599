/* The time of a log line: on the reader's clock, in UTC, or how long ago. */
const two = (number) => String(number).padStart(2, "0");
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

function written(iso, today) {
  const [day, time] = [iso.slice(0, 10), iso.slice(11, 23)];
  return day === today ? time : `${day.slice(5)} ${time.slice(0, 8)}`;
}

/** The local time in the form of an ISO moment, so that both clocks are cut in the same way. */
function localIso(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString();
}

function ago(ms, now, language) {
  const seconds = (ms - now) / 1000;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? UNITS[3];
  return new Intl.RelativeTimeFormat(language, { style: "narrow" }).format(Math.trunc(seconds / length), unit);
}

/** `format` is local, utc or ago. Lines of another day carry their date in place of the milliseconds. */
export function timeOf(ms, format, now, language) {
  if (format === "ago") return ago(ms, now, language);
  if (format === "utc") return `${written(new Date(ms).toISOString(), new Date(now).toISOString().slice(0, 10))}Z`;
  return written(localIso(ms), localIso(now).slice(0, 10));
}

/** The whole moment, for tooltips and copies, with the offset of the clock it was read from. */
export function momentOf(ms, utc = false) {
  if (utc) return new Date(ms).toISOString();
  const minutes = -new Date(ms).getTimezoneOffset();
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return localIso(ms).replace("Z", offset);
}
