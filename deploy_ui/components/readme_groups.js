/* The top-level nodes of a README in groups that can be made HTML alone, so that what did not change is kept. */

const TAG = /<(\/?)([a-z][\w-]*)[^>]*?(\/?)>/gi;
const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);

/** What a node holds that reaches beyond it: raw HTML, references, footnotes. */
function holdings(node, into = { html: [], references: false, footnotes: false }) {
  if (node.type === "html") into.html.push(node.value);
  if (node.type === "linkReference" || node.type === "imageReference") into.references = true;
  if (node.type === "footnoteReference" || node.type === "footnoteDefinition") into.footnotes = true;
  for (const child of node.children ?? []) holdings(child, into);
  return into;
}

const known = new WeakMap();

function held(node) {
  if (!known.has(node)) known.set(node, holdings(node));
  return known.get(node);
}

/** Counts the elements that stand open after a piece of HTML. */
function follow(open, html) {
  for (const [, end, tag, alone] of html.matchAll(TAG)) {
    const name = tag.toLowerCase();
    if (VOID.has(name) || alone) continue;
    const count = (open.get(name) ?? 0) + (end ? -1 : 1);
    if (count > 0) open.set(name, count);
    else open.delete(name);
  }
}

/** Groups `{node, line, source}`: one node each, or all from where HTML opens to where it is closed again. */
export function groups(nodes) {
  const all = [];
  let current = null;
  const open = new Map();
  for (const each of nodes) {
    if (each.node.type === "definition" || each.node.type === "footnoteDefinition") continue;
    const { html, references, footnotes } = held(each.node);
    if (!current) all.push((current = { members: [], html: false, references: false, footnotes: false }));
    current.members.push(each);
    current.html ||= html.length > 0;
    current.references ||= references;
    current.footnotes ||= footnotes;
    for (const value of html) follow(open, value);
    if (!open.size) current = null;
  }
  return all;
}

/** What is defined in the README, wherever it stands: of links, and of footnotes. */
export function definitions(nodes) {
  const links = [];
  const notes = [];
  const look = (node) => {
    if (node.type === "definition") links.push(node);
    else if (node.type === "footnoteDefinition") notes.push(node);
    if (node.type === "blockquote" || node.type === "list" || node.type === "listItem" || node.type === "footnoteDefinition") node.children.forEach(look);
  };
  for (const { node } of nodes) look(node);
  return { links, notes };
}
