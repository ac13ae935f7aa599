/* The request in the form: what is typed, kept in the tab's memory only, and what it means for the API. */
import { problemIn } from "./json_text.js";

export const KINDS = ["none", "json", "text", "form", "multipart", "file"];
export const CONTENT_TYPE = "Content-Type";
export const OWN_KEY = "X-API-Key";
export const ASYNCHRONOUS = ["X-Async-Request", "true"];
export const MOST_HEADERS = 50;
const TYPES = {
  json: "application/json",
  text: "text/plain; charset=utf-8",
  form: "application/x-www-form-urlencoded",
  file: "application/octet-stream",
};
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;
const PATH = /^\/[^#\x00-\x1f\x7f]*$/; // the API encodes what an address cannot hold

let made = 0;

/** A row of a table: headers, fields. */
export const row = (name = "", value = "", more = {}) => ({ id: (made += 1), name, value, ...more });

export const sameName = (one, other) => one.toLowerCase() === other.toLowerCase();

const isAsync = ([name, value]) => sameName(name, ASYNCHRONOUS[0]) && sameName(value, ASYNCHRONOUS[1]);

/** Returns the form's content for a request as the API writes it. */
export function draftOf(request) {
  const asynchronous = request.headers.some(isAsync);
  const shown = asynchronous ? request.headers.filter(([name]) => !sameName(name, ASYNCHRONOUS[0])) : request.headers;
  const fields = (request.fields ?? []).map(({ name, value, part, filename }) =>
    part ? row(name, "", { isFile: true, filename }) : row(name, value),
  );
  return {
    method: request.method,
    path: request.path,
    kind: request.kind,
    texts: { json: request.kind === "json" ? request.text : "", text: request.kind === "text" ? request.text : "" },
    form: request.kind === "form" ? fields : [],
    multipart: request.kind === "multipart" ? fields : [],
    file: null,
    filename: request.filename ?? "",
    headers: shown.map(([name, value]) => row(name, value, { auto: sameName(name, CONTENT_TYPE) && value === TYPES[request.kind] })),
    asynchronous,
    leftOut: request.left_out ?? [],
    typed: shown.some(([name, value]) => sameName(name, CONTENT_TYPE) && value !== TYPES[request.kind]),
  };
}

const typeOf = (draft, kind) => (kind === "file" && draft.file?.type ? draft.file.type : TYPES[kind]);

/** The kind's content type, in the row that said that of the kind before; a person's own stays. */
function headersFor(draft, kind) {
  if (draft.typed) return draft.headers;
  const type = typeOf(draft, kind);
  const at = draft.headers.findIndex((each) => each.auto);
  if (at < 0) return type && !draft.headers.some((each) => sameName(each.name, CONTENT_TYPE)) ? [row(CONTENT_TYPE, type, { auto: true }), ...draft.headers] : draft.headers;
  return type ? draft.headers.with(at, { ...draft.headers[at], value: type }) : draft.headers.toSpliced(at, 1);
}

export function ofKind(draft, kind) {
  const made = { ...draft, kind };
  if ((kind === "form" || kind === "multipart") && !made[kind].length) made[kind] = [row()];
  return { ...made, headers: headersFor(made, kind) };
}

export const withFile = (draft, file) => ofKind({ ...draft, file, filename: file?.name ?? "" }, "file");

const KEYS = ["x-api-key", "authorization", "cookie", "proxy-authorization"];

/** Returns what the history did not keep and nobody has given again: `text`, `fields`, `headers`. */
export function lacking({ leftOut, kind, texts, headers, ...draft }) {
  const still = {
    text: () => !texts[kind]?.length,
    fields: () => (draft[kind] ?? []).every(({ name }) => !name),
    headers: () => headers.some(({ name, value }) => KEYS.includes(name.toLowerCase()) && !value),
  };
  return leftOut.filter((each) => still[each]?.());
}

/** Returns the code of what is wrong with a header, or nothing. */
export function headerProblem({ name, value, broken }) {
  if (broken) return "header_break";
  if (name.trim() && !TOKEN.test(name.trim())) return "header_name";
  return VALUE.test(value.trim()) ? "" : "header_value";
}

/** Returns `{field, code, facts}` of the first thing that cannot be sent, or null. */
export function problemOf(draft) {
  if (!PATH.test(draft.path.trim())) return { field: "path", code: "trial_path", facts: {} };
  const bad = draft.headers.find(headerProblem);
  if (bad) return { field: "headers", code: headerProblem(bad), facts: { name: bad.name } };
  if (draft.kind === "file" && !draft.file) return { field: "body", code: "no_file", facts: {} };
  const lost = draft.kind === "multipart" && draft.multipart.find((each) => each.isFile && !each.file);
  if (lost) return { field: "body", code: "no_field_file", facts: { name: lost.name || lost.filename || "" } };
  return draft.kind === "json" ? jsonProblem(String(draft.texts.json)) : null;
}

export function jsonProblem(text) {
  const place = text.trim() ? problemIn(text) : null;
  return place && { field: "body", code: "body_not_json", facts: place };
}

const named = (rows) => rows.filter((each) => each.name.trim() || each.file);

function fieldsOf(draft) {
  if (draft.kind !== "form" && draft.kind !== "multipart") return [];
  return named(draft[draft.kind]).map(({ name, value, file, filename, isFile }, at) =>
    isFile ? { name: name.trim(), part: `file-${at}`, filename: file?.name ?? filename ?? "", type: file?.type ?? "" } : { name: name.trim(), value },
  );
}

/** Returns the request as the API takes it; files by their names. */
export function requestOf(draft) {
  const headers = draft.headers.map(({ name, value }) => [name.trim(), value.trim()]).filter(([name]) => name);
  return {
    method: draft.method,
    path: draft.path.trim(),
    headers: draft.asynchronous ? [...headers.filter((each) => !isAsync(each)), ASYNCHRONOUS] : headers,
    kind: draft.kind,
    text: String(draft.texts[draft.kind] ?? ""),
    fields: fieldsOf(draft),
    filename: draft.kind === "file" ? draft.filename : "",
  };
}

/** Returns the request with its files as a form, and about how many bytes that is. */
export function bodyOf(draft) {
  const body = new FormData();
  const request = JSON.stringify(requestOf(draft));
  const files = [];
  if (draft.kind === "file") files.push(["body", draft.file]);
  if (draft.kind === "multipart") named(draft.multipart).forEach(({ file }, at) => file && files.push([`file-${at}`, file]));
  body.append("request", request);
  for (const [name, file] of files) body.append(name, file, file.name);
  return { body, size: files.reduce((sum, [, file]) => sum + file.size, request.length) };
}
