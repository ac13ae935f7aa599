/* What this person sent to this deployment before: the saved ones on top, then the newest. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { RotateCcw, Star, X } from "lucide-react";
import { latencyWords } from "$/public/external/deploy_ui/components/amounts/amounts.js";
import { When } from "$/public/external/deploy_ui/components/when/when.js";
import { CurlIcon } from "./curl_button.js";
import { GhostButton, IconButton, StatusBadge } from "./widgets.js";
import { useWords } from "./words.js";

const LONGEST_NAME = 63;

function Naming({ row, onName, onLeave }) {
  const [say] = useWords();
  const keys = (event) => {
    if (event.key === "Escape") onLeave();
    if (event.key !== "Enter") return;
    event.preventDefault();
    onName(event.target.value.trim());
    onLeave();
  };
  return jsx("input", {
    className: "field field--s",
    defaultValue: row.name,
    maxLength: LONGEST_NAME,
    placeholder: say("name_it"),
    "aria-label": say("name_it"),
    autoFocus: true,
    onKeyDown: keys,
    onBlur: onLeave,
    "data-testid": "past-name",
  });
}

function What({ row }) {
  if (!row.name) return jsx("span", { className: "mono ellipsis", title: row.path }, row.path);
  return jsx("span", { className: "ellipsis", title: `${row.name} · ${row.path}` }, jsx("span", { className: "strong" }, row.name), " ", jsx("span", { className: "mono muted" }, row.path));
}

function Actions({ row, curlUrl, requestOf, hooks, name }) {
  const [say] = useWords();
  return jsx(
    "span",
    { className: "histrow__acts" },
    jsx(IconButton, { icon: Star, label: say(row.name ? "rename" : "save_request"), onClick: name, testid: "past-star" }),
    jsx(CurlIcon, { url: curlUrl, request: () => requestOf(row.id), onRefused: hooks.onRefused, label: say("curl"), copiedLabel: say("copied") }),
    jsx(IconButton, { icon: X, label: say("forget"), onClick: () => hooks.onForget(row.id), testid: "past-forget" }),
  );
}

function Row({ row, selected, curlUrl, requestOf, replay, hooks }) {
  const [say, language] = useWords();
  const [naming, setNaming] = useState(false);
  const took = row.call_id ? say("async_short") : latencyWords(row.duration_ms, language);
  return jsx(
    "div",
    { className: "histrow histrow--when", "aria-selected": selected, "data-saved": row.name ? true : undefined, "data-testid": "past" },
    jsx(When, { at: row.sent_at, look: "clock", language, className: "muted num" }),
    jsx("span", { className: "strong" }, row.method),
    naming ? jsx(Naming, { row, onName: (name) => hooks.onName(row.id, name), onLeave: () => setNaming(false) }) : jsx(What, { row }),
    jsx(StatusBadge, { status: row.status, none: "—" }),
    jsx("span", { className: "num muted right" }, took),
    jsx(Actions, { row, curlUrl, requestOf, hooks, name: () => setNaming(true) }),
    jsx(IconButton, { icon: RotateCcw, label: say("again"), onClick: () => replay(row), testid: "again" }),
  );
}

export function History({ rows, selected, curlUrl, requestOf, replay, hooks }) {
  const [say] = useWords();
  const clear = rows.some((each) => !each.name) ? jsx(GhostButton, { onClick: hooks.onClear, testid: "clear" }, say("clear")) : null;
  return jsx(
    "div",
    { className: "panel", "data-testid": "history" },
    jsx("div", { className: "panel__head" }, jsx("h2", { className: "h2" }, say("history")), jsx("span", { className: "grow" }), clear),
    rows.length
      ? jsx("div", { className: "trial__past" }, rows.map((row) => jsx(Row, { key: row.id, row, selected: row.id === selected, curlUrl, requestOf, replay, hooks })))
      : jsx("div", { className: "muted trial__none" }, say("no_history")),
  );
}
