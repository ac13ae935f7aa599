/* What a sanitised README gets from us: heading anchors, alerts, and marks for what the page draws later. */
import { dressLink, dressPicture, dressSource } from "./readme_links.js";
import { PREFIX } from "./readme_schema.js";

const ALERT = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)/i;
const HEADING = /^h[1-6]$/;
const LONG_TABLE = 200;
const ROWS_TOGETHER = 50;
const WIDEST_COLUMN = 40;

const element = (tagName, properties, children) => ({ type: "element", tagName, properties, children });
const text = (value) => ({ type: "text", value });
const isElement = (node, ...names) => node?.type === "element" && names.includes(node.tagName);
const elements = (node, ...names) => node.children.filter((child) => isElement(child, ...names));

/** The words inside a node. */
export function wordsOf(node) {
  if (node.type === "text") return node.value;
  return (node.children ?? []).map(wordsOf).join("");
}

function heading(node) {
  if (node.properties.id === `${PREFIX}footnote-label`) return;
  node.data = { words: wordsOf(node) };
  node.children.push(element("a", { className: ["md-anchor"], href: "", ariaHidden: "true", tabIndex: -1 }, []));
}

/** The headings of a dressed tree that wait for their anchors. */
export function headings(node, into = []) {
  if (node.data?.words !== undefined) into.push({ node, words: node.data.words });
  for (const child of node.children ?? []) headings(child, into);
  return into;
}

function alert(node, words) {
  const first = node.children.find((child) => child.type === "element");
  const begin = first?.tagName === "p" && first.children[0];
  const found = begin?.type === "text" && ALERT.exec(begin.value);
  if (!found) return;
  const kind = found[1].toLowerCase();
  begin.value = begin.value.slice(found[0].length);
  if (isElement(first.children[1], "br") && !begin.value) first.children.splice(0, 2);
  if (!wordsOf(first).trim() && !elements(first, "img").length) node.children.splice(node.children.indexOf(first), 1);
  const title = element("p", { className: ["md-alert__title"] }, [text(words[kind] ?? kind)]);
  Object.assign(node, element("div", { ...node.properties, className: ["md-alert", `md-alert--${kind}`] }, [title, ...node.children]));
}

/** A fence becomes a box with its language; formulas and diagrams are named, so that the page draws them. */
function fence(node) {
  const [code] = node.children;
  if (node.children.length !== 1 || !isElement(code, "code")) return;
  const classes = code.properties.className ?? [];
  const language = classes.map((name) => /^language-(.+)$/.exec(name)?.[1]).find(Boolean) ?? "";
  if (language === "math") return Object.assign(node, element("div", { ...node.properties, dataDraw: "math", className: ["md-math"] }, code.children));
  const draw = language === "mermaid" ? "diagram" : "code";
  const inner = element("pre", {}, [element("code", {}, code.children)]);
  Object.assign(node, element("div", { ...node.properties, className: ["md-code"], dataDraw: draw, dataLanguage: language.toLowerCase() }, [inner]));
}

function formula(node) {
  if (!(node.properties.className ?? []).includes("math-inline")) return;
  Object.assign(node, element("span", { dataDraw: "math", className: ["md-math", "md-math--inline"] }, node.children));
}

const isRow = (node) => isElement(node, "tr");

/** Column widths of a long table, after its longest words: its rows do not measure each other. */
function columns(rows) {
  const widths = [];
  for (const row of rows) {
    elements(row, "td", "th").forEach((cell, at) => {
      widths[at] = Math.min(WIDEST_COLUMN, Math.max(widths[at] ?? 4, wordsOf(cell).length + 3));
    });
  }
  return widths.join(" ");
}

/** A long table is shown in groups of rows, of which the browser lays out those in sight. */
function table(node) {
  const rows = [];
  const collect = (each) => (isRow(each) ? rows.push(each) : (each.children ?? []).forEach(collect));
  node.children.forEach(collect);
  if (rows.length > LONG_TABLE && rows.every((row) => row.children.every((cell) => !cell.properties?.colSpan && !cell.properties?.rowSpan))) {
    const [head, ...body] = rows;
    const groups = [element("thead", {}, [head])];
    for (let at = 0; at < body.length; at += ROWS_TOGETHER) groups.push(element("tbody", {}, body.slice(at, at + ROWS_TOGETHER)));
    node.children = groups;
    node.properties.dataColumns = columns(rows);
  }
  const inner = { ...node, properties: { ...node.properties } };
  const { dataLine } = inner.properties;
  delete inner.properties.dataLine;
  Object.assign(node, element("div", { className: ["md-table"], dataLine, tabIndex: 0, role: "group" }, [inner]));
}

function dress(node, context) {
  if (node.type !== "element") return node.children?.forEach((child) => dress(child, context));
  const name = node.tagName;
  if (name === "pre") return fence(node);
  if (name === "code") return formula(node);
  if (name === "a") dressLink(node, context.files);
  if (name === "img") return dressPicture(node, context.files);
  if (name === "source") dressSource(node, context.files);
  if (name === "blockquote") alert(node, context.words);
  node.children.forEach((child) => dress(child, context));
  if (HEADING.test(name)) heading(node);
  if (name === "table") table(node);
}

/** Dresses a sanitised tree in place. */
export function dressAll(root, context) {
  dress(root, context);
  return root;
}
