/* The lines that a request caused. They are read again a moment after its end: instances write when they have answered. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { LogRows } from "$/public/external/deploy_ui/components/log_rows/log_rows.js";
import { useWords } from "./words.js";

const LATE_MS = 1000;

/** The address to read: one more time a second after the request's end. */
function useUrl(base, id) {
  const [late, setLate] = useState(0);
  useEffect(() => {
    setLate(0);
    const timer = setTimeout(() => setLate(id), LATE_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return id ? `${base}/${id}/log${late === id ? "?late=1" : ""}` : "";
}

function logsLink(logsUrl, row) {
  if (!row) return logsUrl;
  const from = new Date(new Date(String(row.sent_at).replace(" ", "T")).getTime() - LATE_MS);
  const until = new Date(from.getTime() + 2 * LATE_MS + row.duration_ms);
  const query = new URLSearchParams({ since: from.toISOString(), until: until.toISOString() });
  if (row.instance) query.set("instance", row.instance);
  return `${logsUrl}?${query}`;
}

export function LogPanel({ pastUrl, logsUrl, row }) {
  const [say, language] = useWords();
  const url = useUrl(pastUrl, row?.id ?? 0);
  return jsx(
    "div",
    { className: "panel", "data-testid": "request-log" },
    jsx(
      "div",
      { className: "panel__head" },
      jsx("h2", { className: "h2" }, say("log")),
      jsx("span", { className: "grow" }),
      jsx("a", { className: "small muted panel__link", href: logsLink(logsUrl, row), "data-testid": "to-logs" }, say("open_logs")),
    ),
    row
      ? jsx(LogRows, { url, language, empty: say("log_empty"), failed: say("log_failed"), className: "trial__log" })
      : jsx("div", { className: "muted trial__none" }, say("log_none")),
  );
}
