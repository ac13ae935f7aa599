/* Renders READMEs as the console's worker does, and HTML of others as ours would be if it came to the same.
   `node render.mjs FOLDER`; on stdin `[{text}|{html}, …]`, on stdout the normalised HTML of each. */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const part = (name) => import(pathToFileURL(path.resolve(folder, name)).href);
const { Renderer } = await part("readme_pipeline.js");
const { schema } = await part("readme_schema.js");
const { dressAll } = await part("readme_dress.js");
const { steps } = await part("readme_steps.js");
const require = createRequire(pathToFileURL(`${path.resolve(folder)}/`)); // the packages lie where the pages were built
const { raw } = require("hast-util-raw");
const { sanitize } = require("hast-util-sanitize");

const WORDS = { note: "Note", tip: "Tip", important: "Important", warning: "Warning", caution: "Caution", footnotes: "Footnotes", back: "Back" };
const CONTEXT = { files: "/files/", words: WORDS };
const VOID = new Set(["br", "hr", "img", "input", "source", "wbr", "col"]);
const BLOCK = "address|blockquote|br|dd|details|div|dl|dt|h[1-6]|hr|input|li|ol|p|pre|section|summary|table|tbody|td|th|thead|tr|ul";
const AROUND_BLOCKS = new RegExp(`\\s*(</?(?:${BLOCK})(?: [^>]*)?>)\\s*`, "g");
const EMPTY = /<([ab])>\s*<\/\1>/g; // an element that was never closed goes on, empty, in each block that follows

function ours(text) {
  return new Renderer(CONTEXT).blocks(text).flatMap((block) => block.steps);
}

function theirs(html) {
  const tree = sanitize(raw({ type: "root", children: [{ type: "raw", value: html }] }), schema);
  const shown = dressAll(tree, CONTEXT).children.filter((node) => node.type === "element" || node.value?.trim());
  return shown.flatMap((node) => (node.type === "text" ? [["p", {}], node.value, 0] : steps(node, []))); // as ours
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** HTML from steps; without what only helps the page, and without space that nobody sees. */
function written(all) {
  const open = [];
  const preformatted = [];
  let made = "";
  for (const step of all) {
    if (step === 0) {
      const name = open.pop();
      if (!VOID.has(name)) made += `</${name}>`;
    } else if (typeof step === "string") {
      if (open.includes("pre")) made += `\0${preformatted.push(escaped(step)) - 1}\0`;
      else made += escaped(step).replace(/\s+/g, " ");
    } else {
      const [name, attributes] = step;
      open.push(name);
      made += `<${name}${Object.entries(attributes).sort().map(([key, value]) => ` ${key}="${escaped(value).replaceAll('"', "&quot;")}"`).join("")}>`;
    }
  }
  return made.replace(EMPTY, "").replace(AROUND_BLOCKS, "$1").trim().replace(/\0(\d+)\0/g, (_, at) => preformatted[at]);
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const answers = JSON.parse(input).map(({ text, html }) => {
  const begun = performance.now();
  const all = text === undefined ? theirs(html) : ours(text);
  return { html: written(all), steps: all.length, ms: performance.now() - begun };
});
process.stdout.write(JSON.stringify(answers));
