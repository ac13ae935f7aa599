/* What narrows the request log: kept in the page's address, so that it can be sent to somebody, and asked of the API. */
import { ALL, RANGES, lastOf } from "./log_range.js";

export const STATUSES = ["", "2xx", "3xx", "4xx", "5xx", "none", "failed"];
export const METHODS = ["", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
export const KINDS = ["", "answered", "refused", "broken", "accepted"];
export const SLOW = ["", "0.1", "1", "10"];
export const EVERYTHING = { status: "", method: "", search: "", min: "", instance: "", key: "", kind: "", range: ALL };

const TEXTS = ["status", "method", "search", "min", "instance", "key", "kind"];
const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f-]{0,27})?$/i;
const LONGEST = 200;

/** A moment of an address, in seconds since 1970 or as RFC 3339; "" for what is none. */
function moment(text) {
  const at = /^\d{9,11}(\.\d+)?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  return text && !Number.isNaN(at.getTime()) ? at.toISOString() : "";
}

function rangeOf(params) {
  const [since, until] = [moment(params.get("since") ?? ""), moment(params.get("until") ?? "")];
  if (since || until) return { name: "own", since, until };
  const name = params.get("range") ?? "";
  return RANGES.includes(name) && name !== "own" && name !== "all" ? lastOf(name) : ALL;
}

/** Reads what the address of the page asks for. */
export function asked() {
  const params = new URLSearchParams(location.search);
  const texts = TEXTS.map((name) => [name, (params.get(name) ?? "").slice(0, LONGEST)]);
  return { ...Object.fromEntries(texts), range: rangeOf(params) };
}

/** Writes it into the address; what is usual is left out. */
export function remember(wanted) {
  const address = new URL(location.href);
  const { name, since, until } = wanted.range;
  const own = name === "own";
  const values = { ...wanted, range: own || name === "all" ? "" : name, since: own ? since : "", until: own ? until : "" };
  for (const [key, value] of Object.entries(values)) {
    if (value) address.searchParams.set(key, value);
    else address.searchParams.delete(key);
  }
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Returns the API's parameters; a range that is counted back from now is counted anew. */
export function queryOf({ status, method, search, min, instance, key, kind, range }) {
  const { since, until } = range.name === "all" || range.name === "own" ? range : lastOf(range.name);
  const text = search.trim();
  const found = REQUEST_ID.test(text) ? { request_id: text.toLowerCase() } : { path: text };
  const all = { status, method, min_duration_s: min, instance, key, kind, since, until, ...found };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value));
}

export const narrowed = (wanted) => TEXTS.some((name) => wanted[name]) || wanted.range.name !== "all";
