/* Which stretch of time is shown, and how the address says it: `range=6h`, or `since=…&until=…`; both when zoomed in. */

export const FIRST = "1h";
const LEAST_S = 60; // nothing narrower is worth a look: points are 15 s apart
const DAY_S = 86400;
const SHORT = { "15m": 900, "1h": 3600, "6h": 21600, "24h": DAY_S };

/** The ranges on offer where so many days are kept. */
export const rangesFor = (days) => [...Object.keys(SHORT), ...(days > 1 ? [`${days}d`] : [])];

/** Seconds of a range, or 0 for what is none. */
export function lengthOf(range) {
  const days = /^([1-9]\d{0,2})d$/.exec(range ?? "");
  return days ? Number(days[1]) * DAY_S : (SHORT[range] ?? 0);
}

const moment = (at) => new Date(at * 1000).toISOString().replace(".000Z", "Z");

/** Seconds since 1970 of RFC 3339 or of seconds; null for what is no moment. */
function seconds(text) {
  if (/^\d{9,10}$/.test(text ?? "")) return Number(text);
  const at = /^\d{4}-\d\d-\d\dT/.test(text ?? "") ? Date.parse(text) / 1000 : Number.NaN;
  return Number.isFinite(at) ? Math.floor(at) : null;
}

/** A stretch that is not too narrow. */
export function widened(since, until) {
  const lacking = Math.max(0, LEAST_S - (until - since)) / 2;
  return { since: Math.floor(since - lacking), until: Math.ceil(until + lacking) };
}

/** Reads the address: `{range, within}`; `range` is "" for an own one, `within` null where the whole range is shown. */
export function viewOf(search) {
  const query = new URLSearchParams(search);
  const range = lengthOf(query.get("range")) ? query.get("range") : "";
  const [since, until] = [seconds(query.get("since")), seconds(query.get("until"))];
  const within = since !== null && until !== null && since < until ? widened(since, until) : null;
  return { range: range || (within ? "" : FIRST), within };
}

/** The view after a drag; from an own range the way back is remembered, though not in the address. */
export const zoomed = (view, since, until) => ({ range: view.range || FIRST, within: widened(since, until), back: view.within && view.range ? view.back : view });

/** The view that was zoomed into. */
export const unzoomed = (view) => (view.within && view.range ? (view.back ?? { range: view.range, within: null }) : view);

/** Writes the view into a query that holds other things as well. */
export function queryOf(search, { range, within }) {
  const query = new URLSearchParams(search);
  const values = { range, since: within ? moment(within.since) : "", until: within ? moment(within.until) : "" };
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return query.toString().replaceAll("%3A", ":");
}

/** The stretch to ask for now. */
export function stretch({ range, within }, now) {
  return within ?? { since: Math.floor(now) - lengthOf(range), until: Math.floor(now) };
}

/** Whether time goes on in the view: what ended does not change any more. */
export const goesOn = ({ within }, now) => !within || within.until > now;

/** An address in Grafana with the stretch that is shown in place of its own. */
export function grafanaAt(address, { since, until }) {
  const url = new URL(address);
  url.searchParams.set("from", String(since * 1000));
  url.searchParams.set("to", String(until * 1000));
  return url.href;
}

/** The address of another view or tab that shows the same stretch. */
export const linkTo = (path, since, until, more = {}) => `${path}?${new URLSearchParams({ ...more, since: moment(since), until: moment(until) }).toString().replaceAll("%3A", ":")}`;
