/* The values of the charts: asked for again when the view changes, and again while time goes on. A failure leaves what
   was there. */
import { useCallback, useEffect, useReducer, useRef } from "react";
import { goesOn, stretch } from "./chart_range.js";
import { waitOf } from "./chart_refresh.js";

const SKEW_S = 5; // the clocks of the reader and of the server may differ by so much

const now = () => Date.now() / 1000;

async function ask(url, { since, until }, language, signal) {
  const response = await fetch(`${url}?since=${since}&until=${until}`, { signal, headers: { "Accept-Language": language } });
  const told = Date.parse(response.headers.get("date") ?? "") / 1000;
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) throw Object.assign(new Error("no values"), { words: body?.error?.message ?? "" });
  return { answer: body, told };
}

/** Returns `{answer, at, problem, loading, again}`; `problem` is null or in words (which may be empty). */
export function useFeed(url, view, refresh, language) {
  const [, draw] = useReducer((count) => count + 1, 0);
  const held = useRef({ answer: null, at: 0, problem: null, loading: true, skew: 0, timer: 0, running: null }).current;
  const load = useCallback(async () => {
    held.running?.abort();
    clearTimeout(held.timer);
    const running = (held.running = new AbortController());
    const wanted = stretch(view, now() + held.skew);
    Object.assign(held, { loading: true });
    draw();
    try {
      const { answer, told } = await ask(url, wanted, language, running.signal);
      if (running.signal.aborted) return;
      const skew = Number.isFinite(told) && Math.abs(told - now()) > SKEW_S ? told - now() : 0;
      const again = Math.abs(skew - held.skew) > SKEW_S && !view.within;
      Object.assign(held, { answer, at: Date.now(), problem: null, skew, loading: false, wanted });
      if (again) return void load();
    } catch (error) {
      if (running.signal.aborted) return;
      Object.assign(held, { problem: error.words ?? "", loading: false });
    }
    draw();
    const wait = goesOn(view, now() + held.skew) ? waitOf(refresh, held.answer, held.problem !== null, wanted.until - wanted.since) : 0;
    if (wait) held.timer = setTimeout(() => (document.hidden ? (held.due = true) : load()), wait * 1000);
  }, [url, view, refresh, language]);
  useEffect(() => {
    load();
    const shown = () => !document.hidden && held.due && ((held.due = false), load());
    document.addEventListener("visibilitychange", shown);
    return () => (document.removeEventListener("visibilitychange", shown), clearTimeout(held.timer), held.running?.abort());
  }, [load]);
  return { ...held, again: load };
}
