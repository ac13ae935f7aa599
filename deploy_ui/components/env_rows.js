/* Rows of the editor of variables: what they mean, and what is wrong with them. Pure. */

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const OURS = new Set(["PORT", "DEPLOYMENT", "INSTANCE"]);
const LONGEST_VALUE = 32 * 1024;
const LONGEST_TOLD = 200;

let made = 0;

/** Returns a row for a variable that is not there yet. */
export function freshRow(name = "", value = "", secret = true) {
  return { id: ++made, name, value, secret, known: null, removed: false };
}

/** Returns a row for a variable that is there; the value of a secret one is not known. */
export function keptRow(known) {
  return { ...freshRow(known.name, known.value ?? "", known.secret), known };
}

/** Says whether a row holds a value of its own, not only the secret one that is there. */
function hasValue({ known, value }) {
  return !known || (known.secret ? value !== "" : value !== known.value);
}

function isEmpty({ known, name, value }) {
  return !known && !name && !value;
}

/** Returns the change that a row means, null for a removal, undefined for none. */
function change(row) {
  if (row.removed) return null;
  if (!row.known) return { value: row.value, secret: row.secret };
  const turned = row.secret !== row.known.secret;
  if (!hasValue(row)) return turned ? { secret: row.secret } : undefined;
  return { value: row.value, secret: row.secret };
}

function redacted(edit) {
  return edit && "value" in edit && (edit.secret || edit.value.length > LONGEST_TOLD) ? { ...edit, value: true } : edit;
}

/** Returns the changes as the server reads them; without values that it must not keep if they are only a draft. */
export function changes(rows, { draft }) {
  const taken = new Set(rows.filter((each) => !each.removed).map((each) => each.name));
  return rows
    .filter((each) => !isEmpty(each) && !(each.removed && taken.has(each.name)))
    .map((each) => [each.name, change(each)])
    .filter(([, edit]) => edit !== undefined)
    .map(([name, edit]) => [name, draft ? redacted(edit) : edit]);
}

/** Returns what is wrong with a row: the key of a text, or nothing. */
export function problem(row, rows) {
  if (row.removed || isEmpty(row)) return "";
  if (!row.name) return "no_name";
  if (!NAME.test(row.name)) return "bad_name";
  if (OURS.has(row.name)) return "our_name";
  if (rows.some((each) => each !== row && !each.removed && each.name === row.name)) return "twice";
  if (row.value.includes("\0") || new TextEncoder().encode(row.value).length > LONGEST_VALUE) return "bad_value";
  if (row.known?.secret && !row.secret && row.value === "") return "needs_value";
  return "";
}

/** Puts variables of a file into the rows: known names get another value, others a row of their own. */
export function withVariables(rows, variables) {
  const given = new Map(variables.map((each) => [each.name, each.value]));
  const filled = rows
    .filter((each) => !isEmpty(each))
    .map((each) => (given.has(each.name) ? { ...each, value: given.get(each.name), removed: false } : each));
  const there = new Set(rows.map((each) => each.name));
  return [...filled, ...variables.filter((each) => !there.has(each.name)).map((each) => freshRow(each.name, each.value))];
}

/** Says whether a text looks like lines of a `.env` file rather than like a name. */
export function looksLikeFile(text) {
  return /^\s*(export\s+)?[A-Za-z_]\w*\s*=/m.test(text);
}
