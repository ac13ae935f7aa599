/* The API test tab: a request, its answer, the history, the log. What is typed and what comes back stays in the browser;
   the console's state hears only that something was sent, refused, or has ended. */
import { useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { AnswerPanel } from "./answer_panel.js";
import { BodyPanel } from "./body_panel.js";
import { draftOf, problemOf } from "./draft.js";
import { useExchange } from "./exchange.js";
import { History } from "./history.js";
import { LogPanel } from "./log_panel.js";
import { memoryOf } from "./memory.js";
import { RequestBar } from "./request_bar.js";
import { Words, fill } from "./words.js";

/** The draft, remembered; `change` takes fields, or a function from the draft to fields. */
function useDraft(memory, sample) {
  const [draft, setDraft] = useState(() => memory.draft ?? { ...draftOf(sample), version: 0 });
  const put = (make) => setDraft((now) => (memory.draft = make(now)));
  const change = (fields) => put((now) => ({ ...now, ...(typeof fields === "function" ? fields(now) : fields) }));
  const replace = (request) => put((now) => ({ ...draftOf(request), version: now.version + 1, asForm: now.asForm && request.kind === "json" }));
  return { draft, change, replace };
}

async function pastRequest(url, id, onRefused) {
  const answer = await fetch(`${url}/${id}`, { headers: { accept: "application/json" } }).catch(() => null);
  if (answer?.ok) return answer.json();
  const error = (await answer?.json().catch(() => null))?.error;
  onRefused(error?.code ?? "console_unreachable", error?.facts ?? {});
  return null;
}

/** What is wrong with the form: found here, or said by the API. Anything that is typed takes it away. */
function useProblem(refused, words) {
  const [found, setFound] = useState(null);
  const [dismissed, dismiss] = useState(null);
  const given = refused?.field && dismissed !== refused ? refused : null;
  const said = found ? { [found.field]: fill(words[found.code], found.facts) } : given ? { [given.field]: given.words } : {};
  const clear = (problem = null) => {
    setFound(problem);
    dismiss(refused);
  };
  return { problem: found ?? given, wrong: said, clear };
}

function Bench({ slug, urls, base, sample, schema, maySend, rows, refused, call, owner, words, hooks }) {
  const memory = memoryOf(`${owner} ${slug}`);
  const { draft, change, replace } = useDraft(memory, sample);
  const exchange = useExchange(urls.trial, memory, hooks);
  const { problem, wrong, clear } = useProblem(refused, words);
  const [selected, select] = useState(0);
  const form = useRef(null);
  const typed = (fields) => {
    if (problem) clear();
    change(fields);
  };
  const submit = (event) => {
    event.preventDefault();
    const found = problemOf(draft);
    clear(found);
    if (found || !maySend) return;
    select(0);
    exchange.send(draft);
  };
  const requestOf = (id) => pastRequest(urls.past, id, hooks.onRefused);
  const replay = async (row) => {
    const request = await requestOf(row.id);
    if (!request) return;
    clear();
    replace(request);
    select(row.id);
    form.current.scrollIntoView({ block: "nearest" });
  };
  const chosen = rows.find(({ id }) => id === selected) ?? (exchange.state.phase === "idle" ? null : rows.toSorted((one, other) => other.id - one.id)[0]);
  return [
    jsx(
      "form",
      { key: "form", ref: form, className: "trial", noValidate: true, onSubmit: submit, "data-testid": "trial" },
      jsx(RequestBar, { base, curlUrl: urls.curl, draft, change: typed, exchange, maySend, wrong: wrong.path ?? wrong.method, onRefused: hooks.onRefused }),
      jsx(
        "div",
        { className: "duo" },
        jsx(BodyPanel, { draft, change: typed, schema, onExample: () => replace(sample), problem: problem?.field === "body" ? problem : null, setProblem: clear, wrong }),
        jsx(AnswerPanel, { state: exchange.state, trouble: refused?.field ? "" : (refused?.words ?? ""), call, logsUrl: urls.logs }),
      ),
    ),
    jsx(
      "div",
      { key: "below", className: "duo trial__below" },
      jsx(History, { rows, selected: chosen?.id, curlUrl: urls.curl, requestOf, replay, hooks }),
      jsx(LogPanel, { pastUrl: urls.past, logsUrl: urls.logs, row: chosen }),
    ),
  ];
}

/** `children` stand at the foot of the answer while an asynchronous call is followed. */
export function TrialBench({ slug, base, sample, schema, maySend, rows, refused, followed, owner, words, language, children, onSending, onRefused, onEnded, onName, onForget, onClear }) {
  const urls = {
    trial: `/api/trials/${slug}`,
    past: `/api/trials/${slug}/past`,
    curl: `/api/v1/deployments/${slug}/curl`,
    logs: `/deployments/${slug}/logs`,
  };
  const hooks = { onSending, onRefused, onEnded, onName, onForget, onClear };
  return jsx(
    Words,
    { value: { words, language } },
    jsx(Bench, { key: slug, slug, urls, base, sample, schema, maySend, rows: rows ?? [], refused, call: followed ? children : null, owner, words, hooks }),
  );
}
