/* Reads the request log: the newest page again and again, and older ones when somebody asks for them. */
import { useCallback, useEffect, useRef, useState } from "react";
import { queryOf } from "./request_address.js";

const EVERY_MS = 3000;
const PAGE = 100;
const MOST = 2000; // rows that are held at once
const NOTHING = { rows: [], next: null, standing: null, fresh: new Set(), newer: false, problem: "", busy: false };

async function ask(slug, query, language, unreachable) {
  const address = `/api/v1/deployments/${encodeURIComponent(slug)}/requests?${query}`;
  const answer = await fetch(address, { headers: { "accept-language": language } }).catch(() => null);
  const body = await answer?.json().catch(() => null);
  if (!body || (!answer.ok && !body.error)) throw new Error(unreachable);
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

const standingOf = ({ anything, left_out_until, kept_days }) => ({ anything, leftOut: left_out_until, keptDays: kept_days });

/** The rows with those of a new first page; what nobody had before is fresh. */
function renewed(found, page) {
  const known = new Set(found.rows.map(({ id }) => id));
  const fresh = new Set(found.standing ? page.items.map(({ id }) => id).filter((id) => !known.has(id)) : []);
  return { ...NOTHING, rows: page.items, next: page.next, standing: standingOf(page), fresh };
}

/** `held`: somebody reads on, so what is new is offered and moves nothing. */
export function useRequests(slug, wanted, held, { language, unreachable }) {
  const [found, set] = useState(NOTHING);
  const now = useRef({});
  now.current = { found, held };
  const run = useRef(0);

  const read = useCallback(
    async (cursor, keep) => {
      const mine = run.current;
      const query = queryOf(wanted);
      query.set("limit", PAGE);
      if (cursor) query.set("cursor", cursor);
      try {
        const page = await ask(slug, query, language, unreachable);
        if (mine === run.current) set((before) => keep(before, page));
      } catch (error) {
        if (mine === run.current) set((before) => ({ ...before, problem: error.message, busy: false }));
      }
    },
    [slug, wanted, language, unreachable],
  );

  const renew = useCallback(() => read(null, renewed), [read]);
  const look = useCallback(
    () =>
      read(null, (before, page) => {
        if (!now.current.held) return renewed(before, page);
        const newer = before.newer || (page.items.length > 0 && page.items[0].id !== before.rows[0]?.id);
        return { ...before, newer, problem: "", standing: standingOf(page) };
      }),
    [read],
  );
  const older = useCallback(() => {
    const { next, busy } = now.current.found;
    if (!next || busy) return;
    set((before) => ({ ...before, busy: true }));
    read(next, (before, page) => ({ ...before, rows: [...before.rows, ...page.items], next: page.next, busy: false, problem: "" }));
  }, [read]);

  useEffect(() => {
    run.current += 1;
    set(NOTHING);
    renew();
    const timer = setInterval(() => document.visibilityState === "visible" && look(), EVERY_MS);
    return () => {
      run.current += 1;
      clearInterval(timer);
    };
  }, [renew, look]);

  return { ...found, older: found.next && found.rows.length < MOST ? older : null, renew };
}
