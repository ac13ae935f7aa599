/* One request at a time: sent, waited for, received, broken off. What came stays while the console's tab is open. */
import { useEffect, useRef, useState } from "react";
import { Answer, bytesOf } from "./answer.js";
import { bodyOf } from "./draft.js";
import { post } from "./wire.js";

const DRAW_MS = 80;
const IDLE = { phase: "idle", answer: null };
const CUT_OFF = { code: "console_unreachable", facts: {} };

export const isRunning = ({ phase }) => phase === "sending" || phase === "waiting" || phase === "receiving";

/** Draws at once, then at most every DRAW_MS. */
function drawer(draw) {
  let timer = 0;
  const soon = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      draw();
    }, DRAW_MS);
  };
  return { soon, stop: () => clearTimeout(timer) };
}

/** Reads the messages of one exchange into `found`, which `draw` shows. */
function reader(found, draw) {
  return ({ head, data, end, error }) => {
    if (head) Object.assign(found, { phase: "receiving", answer: new Answer(head) });
    if (data) found.answer.add(bytesOf(data));
    if (end) {
      found.answer.finish(end);
      found.phase = "done";
    }
    if (error) Object.assign(found, { phase: "failed", error });
    draw();
  };
}

async function exchange(url, { body, size }, found, signal, draw) {
  try {
    await post(url, body, size, {
      signal,
      onProgress: (sent, total) => draw(Object.assign(found, { sent, total })),
      onSent: () => draw(found.phase === "sending" && Object.assign(found, { phase: "waiting" })),
      onMessage: reader(found, draw),
    });
    if (isRunning(found)) Object.assign(found, { phase: "failed", error: CUT_OFF });
  } catch (error) {
    if (error.name === "AbortError") found.phase = "canceled";
    else Object.assign(found, { phase: "failed", error: { code: error.code ?? CUT_OFF.code, facts: error.facts ?? {} } });
  }
}

/** Returns what is known of the newest exchange, and the ways to begin and to break one off. */
export function useExchange(url, memory, hooks) {
  const [state, setState] = useState(memory.exchange ?? IDLE);
  const running = useRef(null);
  const latest = useRef(hooks);
  latest.current = hooks;
  useEffect(() => () => running.current?.abort(), []);
  const send = async (draft) => {
    if (running.current) return;
    const stop = new AbortController();
    running.current = stop;
    const found = { ...IDLE, phase: "sending", began: Date.now() };
    const show = () => !left() && setState((memory.exchange = { ...found }));
    const left = () => running.current !== stop;
    const draw = drawer(show);
    show();
    latest.current.onSending();
    await exchange(url, bodyOf(draft), found, stop.signal, draw.soon);
    draw.stop();
    found.took = Date.now() - found.began;
    show();
    running.current = null;
    if (found.phase === "failed") latest.current.onRefused(found.error.code, found.error.facts ?? {});
    latest.current.onEnded(found.answer?.end?.call_id ?? "", found.phase);
  };
  return { state, send, cancel: () => running.current?.abort() };
}
