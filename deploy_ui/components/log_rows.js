/* A short log, all of it at once: the lines of one request, or of one failure. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { Row } from "./log_row.js";
import { tracer } from "./log_trace.js";

async function read(url, signal) {
  const answer = await fetch(url, { signal, headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).lines;
}

function asLines(rows) {
  const isTrace = tracer();
  return rows.map(([ms, instance, level, text, stream, cursor]) => ({ ms, instance, level, text, stream, cursor, trace: isTrace(instance, stream, level, text) }));
}

export function LogRows({ url, language, empty, failed, className = "", ref, ...rest }) {
  const [lines, setLines] = useState(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    setLines(null);
    setBroken(false);
    if (!url) return undefined;
    const asked = new AbortController();
    read(url, asked.signal)
      .then((rows) => setLines(asLines(rows)))
      .catch(() => asked.signal.aborted || setBroken(true));
    return () => asked.abort();
  }, [url]);
  const words = broken ? failed : lines?.length === 0 ? empty : "";
  return jsx(
    "div",
    { ref, ...rest, className: `log log--rows ${className}`, role: "log", "aria-live": "off", "aria-busy": Boolean(url) && !lines && !broken },
    words ? jsx("div", { className: "log__note" }, words) : null,
    (lines ?? []).map((line, index) => jsx(Row, { key: index, line, number: index + 1, language })),
  );
}
