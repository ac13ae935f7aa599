/* A group of nodes as sanitised, dressed HTML. */
import { toHast } from "mdast-util-to-hast";
import { raw } from "hast-util-raw";
import { sanitize } from "hast-util-sanitize";
import { dressAll } from "./readme_dress.js";
import { schema } from "./readme_schema.js";

const DEEPEST = 100;
const BOX = "dataBox";

/** Cuts off what is nested deeper than anybody reads, and deeper than browsers lay out. */
function shallow(root) {
  let level = [root];
  for (let depth = 0; level.length; depth++) {
    if (depth === DEEPEST) for (const node of level) if (node.children) node.children = [];
    level = level.flatMap((node) => node.children ?? []);
  }
  return root;
}

/** The nodes of a group, each with its line after the first. */
function lined({ members }) {
  return members.map(({ node, line }) => {
    if (node.type === "html") return node;
    const hProperties = { ...node.data?.hProperties, dataLine: line - members[0].line + 1 };
    return { ...node, data: { ...node.data, hProperties } };
  });
}

function clean(children, html, context) {
  const root = shallow({ type: "root", children });
  return dressAll(shallow(sanitize(html ? raw(root) : root, schema)), context);
}

const asCode = ({ members }) => ({ type: "code", value: members.map(({ source }) => source).join("\n") });

function options({ words }) {
  return { allowDangerousHtml: true, clobberPrefix: "", footnoteLabel: words.footnotes, footnoteBackLabel: words.back };
}

/** One group that has no footnotes. What is nested deeper than can be followed is shown as it was written. */
export function groupHtml(group, links, context) {
  const make = (children, html) => clean(toHast({ type: "root", children: [...children, ...links] }, options(context)).children, html, context);
  try {
    return make(shallow({ type: "root", children: structuredClone(lined(group)) }).children, group.html);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return make([asCode(group)], false);
  }
}

/** The groups that have footnotes, which are counted together; the last of the answers is the list of the notes. */
export function notedHtml(groups, { links, notes }, context) {
  const boxes = groups.map((group) => ({ type: "box", data: { hName: "div", hProperties: { [BOX]: "" } }, children: lined(group) }));
  const { children } = toHast({ type: "root", children: [...boxes, ...links, ...notes] }, options(context));
  const made = children.filter((node) => node.type === "element" && BOX in node.properties);
  const html = notes.length > 0 || groups.some((group) => group.html);
  const list = children.filter((node) => node.type === "element" && !(BOX in node.properties));
  return [...made.map((box) => clean(box.children, html, context)), clean(list, html, context)];
}
