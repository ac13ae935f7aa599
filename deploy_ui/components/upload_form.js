/* A form with files that the browser posts by itself, with progress, past the page's socket. */
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { useNavigate } from "react-router";
import { mergeRefs } from "$/utils/state";
import { dropDraft, fillNative, firstFilling, keepDraft, keptDraft, wordsOf } from "./drafts.js";
import { FormFields } from "./form_fields.js";

const KEEP_AFTER_MS = 300;
const UNREACHABLE = { code: "console_unreachable", facts: {} };

function outcome(request) {
  try {
    const body = JSON.parse(request.responseText);
    if (request.status === 201) return { made: body };
    const { code, facts, field } = body.error;
    return { failure: { code, facts: { ...facts, ...(field && { field }) } } };
  } catch {
    return { failure: UNREACHABLE };
  }
}

/** Returns the request, which can be aborted, and the promise of its outcome. */
function post(action, body, onProgress) {
  const request = new XMLHttpRequest();
  const answered = new Promise((resolve) => {
    request.upload.onprogress = (event) => onProgress({ loaded: event.loaded, total: event.total });
    request.onload = () => resolve(outcome(request));
    request.onerror = () => resolve({ failure: UNREACHABLE });
    request.onabort = () => resolve({});
  });
  request.open("POST", action);
  request.setRequestHeader("accept", "application/json");
  request.send(body);
  return [request, answered];
}

/** The custom fields of a form; one that joins late gets what was filled in before it came. */
function useFields() {
  const fields = useRef(new Set());
  const given = useRef([]);
  const join = useCallback((field) => {
    fields.current.add(field);
    for (const [words, files] of given.current) field.current.fill?.(words, files);
    return () => fields.current.delete(field);
  }, []);
  const fill = useCallback((form, words, files) => {
    given.current.push([words, files]);
    fillNative(form, words);
    for (const field of fields.current) field.current.fill?.(words, files);
  }, []);
  return { fields, join, fill };
}

/** What can be said without asking the server: it would hear of it only after all files came. */
function firstProblem(form, fields, words) {
  const empty = [...form.elements].find((each) => each.required && each.offsetParent && !each.value.trim());
  if (empty) return { code: "required", facts: { field: empty.name } };
  for (const field of fields.current) {
    const problem = field.current.problem?.(words);
    if (problem) return problem;
  }
  return null;
}

export function UploadForm({ action, then, away, draft, filling, refusals, onSending, onRefused, children, ref: outer, ...rest }) {
  const form = useRef(null);
  const ref = useMemo(() => mergeRefs(form, outer), [outer]);
  const request = useRef(null);
  const timer = useRef(0);
  const { fields, join, fill } = useFields();
  const [progress, setProgress] = useState(null);
  const navigate = useNavigate();

  const keep = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => form.current && keepDraft(draft, wordsOf(form.current, fields.current)), KEEP_AFTER_MS);
  }, [draft]);
  const fillIn = useCallback((words, files) => {
    fill(form.current, words, files);
    keep();
  }, [fill, keep]);
  const leave = useCallback((address) => {
    clearTimeout(timer.current);
    dropDraft(draft);
    for (const field of fields.current) field.current.forget?.();
    navigate(address);
  }, [draft, navigate]);

  useEffect(() => {
    const kept = keptDraft(draft);
    if (kept) fill(form.current, kept, {});
    return () => {
      clearTimeout(timer.current);
      request.current?.abort();
    };
  }, [draft]);
  useEffect(() => {
    if (filling?.id && firstFilling(draft, filling.id)) fillIn(filling.words, filling.files);
  }, [draft, filling?.id]);
  useEffect(() => {
    if (!refusals) return;
    const row = form.current.querySelector(".error")?.closest(".formrow");
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("input, textarea, select, .cm-content")?.focus();
  }, [refusals]);

  const submit = async (event) => {
    event.preventDefault();
    if (request.current) return;
    const words = wordsOf(form.current, fields.current);
    const problem = firstProblem(form.current, fields, words);
    if (problem) return onRefused(problem.code, problem.facts);
    onSending?.();
    const body = new FormData(form.current);
    for (const field of fields.current) field.current.append?.(body);
    setProgress({ loaded: 0, total: 0 });
    const [sent, answered] = post(action, body, setProgress);
    request.current = sent;
    const { made, failure } = await answered;
    request.current = null;
    if (made) return leave(then.replace("{id}", made.id));
    setProgress(null);
    if (failure) onRefused(failure.code, failure.facts);
  };
  const sending = !!progress;
  useEffect(() => {
    if (!sending) return undefined;
    const stop = (event) => event.key === "Escape" && !event.defaultPrevented && request.current?.abort();
    window.addEventListener("keydown", stop);
    return () => window.removeEventListener("keydown", stop);
  }, [sending]);
  const onKeyDown = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || sending) return;
    if (!event.target.closest(".cm-editor")) navigate(away);
  };
  const cancel = useCallback(() => (request.current ? request.current.abort() : leave(away)), [leave, away]);
  const around = useMemo(() => ({ join, fill: fillIn, progress, cancel }), [join, fillIn, progress, cancel]);
  return jsx(
    FormFields.Provider,
    { value: around },
    // "dialog": until this script runs the form does nothing; a browser's own way would put what was typed into the address
    jsx("form", { ...rest, ref, method: "dialog", onSubmit: submit, onInput: keep, onKeyDown, noValidate: true, "aria-busy": sending, "data-busy": sending || undefined }, children),
  );
}

/** The button that sends; while it does it says how far it is. */
export function UploadButton({ busyLabel, checkingLabel, children, ref, ...rest }) {
  const progress = useContext(FormFields)?.progress;
  const done = progress && progress.total > 0 && progress.loaded >= progress.total;
  const percent = progress?.total ? Math.floor((100 * progress.loaded) / progress.total) : 0;
  const words = done ? checkingLabel : `${busyLabel} ${percent} %`;
  return jsx("button", { ...rest, ref, type: "submit", "aria-disabled": !!progress, "aria-live": "polite" }, progress ? words : children);
}

/** Stops what is being sent; else gives the form up. */
export function CancelButton({ children, ref, ...rest }) {
  const form = useContext(FormFields);
  return jsx("button", { ...rest, ref, type: "button", onClick: () => form.cancel() }, children);
}
