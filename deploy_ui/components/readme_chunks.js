/*
 * Markdown parsed in pieces, so that a keystroke costs one piece and not the whole text.
 *
 * A text is cut before lines that stand after an empty one and can continue nothing. Whether a piece really ended
 * there is asked of the parser: a mark set after it must become a paragraph of its own, at the top. If it does not (a
 * fence or an HTML block is still open), the piece grows. So the pieces together mean what the whole would.
 */
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfm } from "micromark-extension-gfm";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { mathSyntax, mathTree } from "./readme_math.js";

const MARK = "\u{F8FF}end of the piece\u{F8FF}";
const SMALL = 600;
const LARGE = 4000;
const FRESH_LINE = /\n[ \t]*\n(?=[^\s\-+*\d])/g;
const DEFINED = /\[(\^?)((?:\\.|[^[\]\\])+)\]:/g;
const OPTIONS = { extensions: [gfm({ singleTilde: true }), mathSyntax()], mdastExtensions: [gfmFromMarkdown(), mathTree()] };

const normal = (label) => label.replace(/\s+/g, " ").trim().toLowerCase().toUpperCase();

/** Where the text may be cut: chosen by what stands there, so that a change moves few of the cuts. */
function* cuts(text) {
  let begun = 0;
  for (const found of text.matchAll(FRESH_LINE)) {
    const at = found.index + found[0].length;
    const size = at - begun;
    const chosen = (text.charCodeAt(at) + text.charCodeAt(at + 3) + text.charCodeAt(found.index - 1)) % 3 === 0;
    if (size < SMALL || (size < LARGE && !chosen)) continue;
    yield at;
    begun = at;
  }
  yield text.length;
}

/** The nodes of one piece, or null if something in it is still open at its end. */
function parsed(piece, labels, last) {
  if (last && !labels.length) return fromMarkdown(piece, OPTIONS).children;
  const { children } = fromMarkdown(`${piece}\n\n${MARK}\n\n${labels.join("\n")}`, OPTIONS);
  const at = children.findIndex((node) => node.position.end.offset > piece.length);
  const mark = children[at];
  const ended = mark?.type === "paragraph" && mark.position.start.offset > piece.length && mark.children[0].value === MARK;
  if (ended) return children.slice(0, at);
  return last ? fromMarkdown(piece, OPTIONS).children : null;
}

/** The same; a piece nested deeper than the parser can follow is its own source. */
function parsedSafely(piece, labels, last) {
  try {
    return parsed(piece, labels, last);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return last || piece.length > LARGE ? [{ type: "code", value: piece, position: { start: { line: 1 } } }] : null;
  }
}

/** What the nodes define: labels of links and of footnotes. */
function defined(nodes, into = new Set()) {
  for (const node of nodes) {
    if (node.type === "definition") into.add(normal(node.identifier));
    if (node.type === "footnoteDefinition") into.add(`^${normal(node.identifier)}`);
    if (node.children && node.type !== "paragraph" && node.type !== "table") defined(node.children, into);
  }
  return into;
}

/** The labels that a text seems to define; more than it does, where one stands in code. */
function supposed(text) {
  return new Set([...text.matchAll(DEFINED)].map(([, note, label]) => note + normal(label)));
}

const same = (one, other) => one.size === other.size && [...one].every((each) => other.has(each));

/** Those of the labels that occur in a piece, as definitions. */
function occurring(piece, labels) {
  if (!labels.size || !piece.includes("[")) return [];
  const words = normal(piece);
  return [...labels].filter((label) => words.includes(`[${label}]`)).map((label) => `[${label}]: x`);
}

/** Parses texts that follow each other; what did not change from one to the next is taken over. */
export class Pieces {
  #known = new Map();
  #labels = null;

  /** The top-level nodes of a text in order: `{node, line, source}`. Their own positions count from their piece. */
  nodes(text) {
    this.#labels ??= supposed(text);
    let pieces = this.#parse(text);
    const really = new Set();
    for (const { nodes } of pieces) defined(nodes, really);
    if (!same(really, this.#labels)) {
      this.#labels = really;
      pieces = this.#parse(text);
    }
    return placed(pieces);
  }

  #parse(text) {
    const seen = new Map();
    const pieces = [];
    let begun = 0;
    let wanted = 0;
    for (const at of cuts(text)) {
      const last = at === text.length;
      if (!last && at - begun < wanted) continue;
      const piece = text.slice(begun, at);
      const labels = occurring(piece, this.#labels);
      const key = `${last ? "" : "+"}${labels.join()}\0${piece}`;
      const nodes = seen.get(key) ?? this.#known.get(key) ?? parsedSafely(piece, labels, last);
      if (!nodes) {
        wanted = 2 * piece.length;
        continue;
      }
      seen.set(key, nodes);
      pieces.push({ piece, nodes });
      begun = at;
      wanted = 0;
    }
    this.#known = seen;
    return pieces;
  }
}

function sourceOf({ position }, piece) {
  return piece.slice(position.start.offset ?? 0, position.end?.offset);
}

function placed(pieces) {
  const all = [];
  let line = 0;
  for (const { piece, nodes } of pieces) {
    for (const node of nodes) all.push({ node, line: line + node.position.start.line, source: sourceOf(node, piece) });
    for (let at = piece.indexOf("\n"); at >= 0; at = piece.indexOf("\n", at + 1)) line++;
  }
  return all;
}
