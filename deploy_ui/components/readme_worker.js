/* Renders READMEs beside the page, and sends what changed in pieces that the page can build without a stop. */
import "./readme_entities.js"; // before the parser, which asks for it at once
import { Renderer } from "./readme_pipeline.js";

const TOGETHER = 2500;
const LONG = 60000;
const GLIMPSE = 20000;

let renderer = null;
let context = null;
let shown = [];

/** How many blocks at the beginning, and how many at the end, are the same as before. */
function unchanged(keys) {
  const most = Math.min(keys.length, shown.length);
  let head = 0;
  while (head < most && keys[head] === shown[head]) head++;
  let tail = 0;
  while (tail < most - head && keys.at(-1 - tail) === shown.at(-1 - tail)) tail++;
  return { head, tail };
}

function send(blocks) {
  const keys = blocks.map(({ key }) => key);
  const { head, tail } = unchanged(keys);
  shown = keys;
  let begin = { head, tail, lines: blocks.map(({ line }) => line) };
  let steps = [];
  for (const block of blocks.slice(head, blocks.length - tail)) {
    for (const step of block.steps) {
      steps.push(step);
      if (steps.length < TOGETHER) continue;
      self.postMessage({ begin, steps });
      begin = undefined;
      steps = [];
    }
  }
  self.postMessage({ begin, steps });
}

/** The beginning of a long text, to look at while the whole is read. */
function glimpse(text) {
  if (shown.length || text.length < LONG) return;
  const end = text.indexOf("\n\n", GLIMPSE);
  if (end > 0 && end < 2 * GLIMPSE) send(new Renderer(context).blocks(text.slice(0, end)));
}

self.onmessage = ({ data }) => {
  if (data.context) {
    ({ context } = data);
    renderer = new Renderer(context);
  }
  glimpse(data.text);
  send(renderer.blocks(data.text));
  self.postMessage({ end: true });
};
