/* Logs that left the page a moment ago. When the console was started again the page is built anew around the log:
   what the reader holds, where they are and what they search must outlast that. */
import { LogLive } from "./log_live.js";
import { ALL, ofAddress } from "./log_range.js";

const KEEP_MS = 10000;
const parked = new Map();

/** A new log; `?find=` in the address of the page is searched in it. */
function begin(range) {
  const query = new URLSearchParams(location.search).get("find") ?? "";
  const live = Object.assign(new LogLive(), { view: { level: "all", query, regex: false, range, own: range !== ALL } });
  if (query) live.search.await(query);
  return live;
}

const differs = (range, { since, until }) => range !== ALL && (range.since !== since || range.until !== until);

/** Returns the log that was shown of this address a moment ago, or a new one. `draw` is called when something changed. */
export function take(url, draw) {
  const { live, timer } = parked.get(url) ?? {};
  clearTimeout(timer);
  parked.delete(url);
  const range = ofAddress();
  if (live && differs(range, live.view.range)) live.close();
  else if (live && live.state !== "refused") return resumed(live, draw);
  return Object.assign(begin(range), { draw });
}

function resumed(live, draw) {
  if (!live.following) live.reveal = { seq: live.top, align: "start" };
  return Object.assign(live, { draw });
}

/** Keeps a log that leaves the page, and goes on reading it, for a while. */
export function park(url, live) {
  const end = () => (live.close(), parked.delete(url));
  live.draw = () => {};
  parked.get(url)?.live.close();
  clearTimeout(parked.get(url)?.timer);
  parked.set(url, { live, timer: setTimeout(end, KEEP_MS) });
}
