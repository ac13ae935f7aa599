/*
 * From the text of a README to what the page builds: parsed, made HTML, sanitised, and only then dressed.
 *
 * Nothing here makes a string of HTML that somebody would parse again: the page creates the elements one by one
 * (readme_writer.js), so what was sanitised is what is shown.
 */
import GithubSlugger from "github-slugger";
import { Pieces } from "./readme_chunks.js";
import { headings } from "./readme_dress.js";
import { definitions, groups } from "./readme_groups.js";
import { groupHtml, notedHtml } from "./readme_html.js";
import { PREFIX } from "./readme_schema.js";
import { steps } from "./readme_steps.js";

const isBlock = (node) => node.type === "element" || (node.type === "text" && node.value.trim());

/** The blocks of one group: `{node, after}`, `after` is the lines from the group's first. */
function blocksOf(root) {
  const found = root.children.filter(isBlock).map((node) => ({ node, after: Number(node.properties?.dataLine ?? 1) - 1 }));
  return { blocks: found, headings: headings(root) };
}

const sameMembers = (one, other) => one.length === other.length && one.every(({ node }, at) => node === other[at].node);

/** Renders texts that follow each other; what did not change from one to the next is taken over. */
export class Renderer {
  #pieces = new Pieces();
  #known = new WeakMap();
  #context;

  /** `context`: `files`, where the README's own pictures lie, and `words` in the reader's language. */
  constructor(context) {
    this.#context = context;
  }

  /** The blocks of a README in order: `{line, key, steps}`; equal keys are equal blocks. */
  blocks(text) {
    const nodes = this.#pieces.nodes(text);
    const defined = definitions(nodes);
    const all = groups(nodes);
    const made = this.#made(all, defined);
    number(made);
    return made.flatMap(({ blocks }, at) => blocks.map((block) => written(block, all[at]?.members[0].line ?? 0)));
  }

  #made(all, defined) {
    const signature = JSON.stringify(defined.links.map(({ identifier, url, title }) => [identifier, url, title]));
    const noted = all.filter((group) => group.footnotes);
    const together = noted.length ? notedHtml(noted, defined, this.#context) : [];
    const made = all.map((group) => (group.footnotes ? blocksOf(together.shift()) : this.#kept(group, defined.links, signature)));
    return together.length ? [...made, blocksOf(together[0])] : made;
  }

  #kept(group, links, signature) {
    const [{ node }] = group.members;
    const before = this.#known.get(node);
    const depends = group.references ? signature : "";
    if (before && before.depends === depends && sameMembers(before.members, group.members)) return before;
    const made = { ...blocksOf(groupHtml(group, group.references ? links : [], this.#context)), depends, members: group.members };
    this.#known.set(node, made);
    return made;
  }
}

/** Gives the headings their anchors, which count what is called the same before them. */
function number(made) {
  const slugger = new GithubSlugger();
  for (const { blocks, headings: found } of made) {
    for (const { node, words } of found) {
      const slug = slugger.slug(words);
      if (node.properties.id === PREFIX + slug) continue;
      node.properties.id = PREFIX + slug;
      node.children.at(-1).properties.href = `#${slug}`;
      for (const block of blocks) delete block.steps;
    }
  }
}

function written(block, line) {
  if (!block.steps) {
    block.steps = block.node.type === "text" ? [["p", {}], block.node.value, 0] : steps(block.node, []);
    block.key = JSON.stringify(block.steps);
  }
  return { line: line && line + block.after, key: block.key, steps: block.steps };
}
