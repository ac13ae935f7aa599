/* Everything that is known of one request, and where to look on from it. */
import { jsx } from "@emotion/react";
import { ChartLine, ChevronDown, ChevronUp, ScrollText, X } from "lucide-react";
import { Link } from "react-router";
import { sizeWords } from "./amounts.js";
import { CopyButton } from "./copy.js";
import { momentOf } from "./log_time.js";
import { tookWords } from "./request_amounts.js";
import { keyOf, statusOf } from "./request_rows.js";
import { SidePanel } from "./side_panel.js";

const AROUND_MS = 5000;
const CHARTS_AROUND_MS = 300000;
const SHOWN = 23; // as much of a moment as there is without the offset of the clock
const iconOf = (Icon) => jsx(Icon, { className: "icon", "aria-hidden": true });

function Step({ Icon, label, to, open, name }) {
  return jsx("button", { type: "button", className: "iconbtn", "aria-label": label, title: label, disabled: !to, onClick: () => open(to), "data-testid": name }, iconOf(Icon));
}

function fact(label, value, { copy, words, pick } = {}) {
  if (value === null || value === "") return null;
  return jsx(
    "div",
    { key: label, className: "fact" },
    jsx("dt", {}, label),
    jsx("dd", {}, value, copy ? jsx(CopyButton, { text: copy, label: words.copy, copiedLabel: words.copied, className: "iconbtn iconbtn--s copy" }) : null, pick ? jsx("button", { type: "button", className: "btn btn--ghost btn--s end", onClick: pick.act, "data-testid": `only-${pick.name}` }, pick.words) : null),
  );
}

/** The moments before a request began, and after it ended, as an address has them. */
function around({ at, duration_s: took }, ms) {
  const began = Date.parse(at);
  return { since: new Date(began - ms).toISOString(), until: new Date(began + took * 1000 + ms).toISOString() };
}

const chartsAddress = (slug, each) => `/deployments/${encodeURIComponent(slug)}/monitoring?${new URLSearchParams({ view: "charts", ...around(each, CHARTS_AROUND_MS) })}`;

/** The address of the log while the request was worked on, and a moment before and after, with its id to be found. */
function logsAddress(slug, each) {
  const { instance, request_id: find } = each;
  return `/deployments/${encodeURIComponent(slug)}/logs?${new URLSearchParams({ ...(instance && { instance }), ...around(each, AROUND_MS), ...(find && { find }) })}`;
}

function Facts({ each, words, language, choose }) {
  const reason = words[`reason_${each.reason}`] ?? each.reason;
  const ms = Date.parse(each.at);
  const text = (value, look = "mono") => jsx("span", { className: `${look} reqs__whole` }, value);
  const only = (name, changes) => ({ name, words: words.only, act: () => choose(changes) });
  const key = keyOf(each, words);
  return jsx(
    "dl",
    { className: "facts", "data-testid": "request-facts" },
    fact(words.code, jsx("span", { className: "reqs__outcome" }, statusOf(each.status, words), jsx("span", { className: "muted" }, words[`kind_${each.kind}`]))),
    fact(words.why, reason ? text(reason, "") : null),
    fact(words.details, each.details ? text(each.details) : null),
    fact(words.request, text(`${each.method} ${each.path}`), { copy: each.path, words }),
    fact(words.began, jsx("span", { className: "num", title: momentOf(ms) }, momentOf(ms).slice(0, SHOWN).replace("T", " ")), { copy: momentOf(ms, true), words }),
    fact(words.took, tookWords(each.duration_s, language)),
    fact(words.received, sizeWords(each.bytes_in, language)),
    fact(words.sent, sizeWords(each.bytes_out, language)),
    fact(words.instance, each.instance ? text(each.instance) : null, { copy: each.instance, words, pick: only("instance", { instance: each.instance }) }),
    fact(words.revision, each.revision),
    fact(words.key, each.key_id ? jsx("span", { className: "ellipsis" }, key) : null, { pick: each.console ? null : only("key", { key: each.key_id }) }),
    fact(words.id, each.request_id ? text(each.request_id) : null, { copy: each.request_id, words }),
  );
}

/** `rows` are the list that the request is in; `gone`: the deployment has no logs any more. */
export function RequestPanel({ slug, each, rows, words, language, gone, open, choose }) {
  const place = rows.findIndex(({ id }) => id === each.id);
  const wrote = !gone && ["answered", "broken"].includes(each.kind);
  const close = { type: "button", className: "iconbtn", "aria-label": words.close, title: words.close, "data-closes": "true", onClick: () => open(null), "data-testid": "close-request" };
  const logs = { to: logsAddress(slug, each), className: "btn btn--outline", "data-testid": "request-logs" };
  const charts = { to: chartsAddress(slug, each), className: "btn btn--outline", "data-testid": "request-charts" };
  return jsx(
    SidePanel,
    { className: "sidepanel reqs__panel", "aria-label": words.panel, "data-testid": "request-panel" },
    jsx(
      "div",
      { className: "sidepanel__head" },
      jsx("h2", { className: "h2 mono ellipsis", title: each.path }, each.path || "/"),
      jsx("span", { className: "grow" }),
      jsx(Step, { Icon: ChevronUp, label: words.above, to: place > 0 ? rows[place - 1] : null, open, name: "request-above" }),
      jsx(Step, { Icon: ChevronDown, label: words.below, to: place >= 0 ? rows[place + 1] : null, open, name: "request-below" }),
      jsx("button", close, iconOf(X)),
    ),
    jsx("div", { className: "sidepanel__body" }, jsx(Facts, { each, words, language, choose })),
    jsx("div", { className: "sidepanel__foot" }, wrote ? jsx(Link, logs, iconOf(ScrollText), words.logs) : null, jsx(Link, charts, iconOf(ChartLine), words.charts)),
  );
}
