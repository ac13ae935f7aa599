/* JSON as text: where it is broken, and the same values with a line for each. No value is read as a number and written
   again, so 64-bit ids, 1.0 and 1e400 stay as they were sent. Nothing here recurses: the text may be hostile. */

const VALUE = "value";
const FIRST_ITEM = "first item";
const FIRST_KEY = "first key";
const KEY = "key";
const COLON = "colon";
const NEXT = "next";
const DEEPEST = 500;
const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const isSpace = (code) => code === 32 || code === 10 || code === 13 || code === 9;

function skipSpace(text, from) {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Returns the place behind a string, or the place where it is broken as a negative number. */
function stringEnd(text, from) {
  let at = from + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 34) return at + 1;
    if (code < 32) return -at;
    if (code !== 92) at += 1;
    else {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return -at;
      at = ESCAPE.lastIndex;
    }
  }
  return -at;
}

function atomEnd(text, from) {
  ATOM.lastIndex = from;
  return ATOM.test(text) ? ATOM.lastIndex : -from;
}

/** What may follow an opening bracket, by the bracket. */
const AFTER_OPEN = { "{": FIRST_KEY, "[": FIRST_ITEM };

/** Returns what is wanted after a mark, or null where the mark cannot stand. */
function afterMark(mark, want, open) {
  const inside = open.at(-1);
  if (mark === "{" || mark === "[") {
    if (want !== VALUE && want !== FIRST_ITEM) return null;
    open.push(mark);
    return AFTER_OPEN[mark];
  }
  if (mark === ":") return want === COLON ? VALUE : null;
  if (mark === ",") return want === NEXT && inside ? (inside === "{" ? KEY : VALUE) : null;
  const closes = (mark === "}" ? "{" : "[") === inside && [NEXT, mark === "}" ? FIRST_KEY : FIRST_ITEM].includes(want);
  if (!closes) return null;
  open.pop();
  return NEXT;
}

function afterAtom(mark, want) {
  if (want === VALUE || want === FIRST_ITEM) return NEXT;
  return mark === '"' && (want === KEY || want === FIRST_KEY) ? COLON : null;
}

/** Visits every token of a JSON text; returns the place where it is broken, or -1. */
function walk(text, visit) {
  const open = [];
  let want = VALUE;
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const mark = text[at];
    const isMark = "{}[],:".includes(mark);
    const end = isMark ? at + 1 : mark === '"' ? stringEnd(text, at) : atomEnd(text, at);
    const next = isMark ? afterMark(mark, want, open) : afterAtom(mark, want);
    if (next === null) return at;
    if (end <= 0) return -end;
    visit(isMark ? mark : "", at, end, open.length);
    want = next;
    at = skipSpace(text, end);
  }
  return want === NEXT && !open.length ? -1 : text.length;
}

const parses = (text) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Returns `{line, column}` where a text stops being JSON, or null. */
export function problemIn(text) {
  if (parses(text)) return null;
  const at = Math.max(0, walk(text, () => {}));
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: at - lineStart + 1 };
}

/** Returns the same JSON with a line for every value; null if it is none, or nested too deeply to be read so. */
export function pretty(text) {
  const out = [];
  let deepest = 0;
  let emptyOpen = false;
  const line = (depth) => out.push("\n", "  ".repeat(Math.min(depth, DEEPEST)));
  const broken = walk(text, (mark, start, end, depth) => {
    deepest = Math.max(deepest, depth);
    const closing = mark === "}" || mark === "]";
    if (closing ? !emptyOpen : emptyOpen) line(depth - (mark === "{" || mark === "[" ? 1 : 0));
    emptyOpen = mark === "{" || mark === "[";
    out.push(mark ? mark : text.slice(start, end));
    if (mark === ",") line(depth);
    if (mark === ":") out.push(" ");
  });
  return broken === -1 && deepest <= DEEPEST ? out.join("") : null;
}

/** Says whether every number of a JSON text stays itself when a program of the browser reads and writes it. */
export function numbersSurvive(text) {
  let survive = true;
  walk(text, (mark, start, end) => {
    const code = text.charCodeAt(start);
    if (mark || !(code === 45 || (code >= 48 && code <= 57))) return;
    const written = text.slice(start, end);
    if (String(Number(written)) !== written && !(Number.isFinite(Number(written)) && /^-?\d{1,15}(\.\d{1,15})?$/.test(written))) survive = false;
  });
  return survive;
}
