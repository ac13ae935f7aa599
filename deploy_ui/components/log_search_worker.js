/* Searches the lines of a log outside the page's thread: a pattern that takes for ever stops nothing but this worker. */
const MOST_MARKS = 200;

let first = 0;
let texts = [];
let pattern = null;
let id = 0;

function found(from) {
  const seqs = [];
  for (let at = from - first; at < texts.length; at += 1) if (pattern.test(texts[at])) seqs.push(first + at);
  return seqs;
}

function ranges(text = "") {
  const marks = [];
  for (const match of text.matchAll(new RegExp(pattern.source, "gi"))) {
    if (match[0]) marks.push([match.index, match.index + match[0].length]);
    if (marks.length >= MOST_MARKS) break;
  }
  return marks;
}

const TASKS = {
  clear({ seq }) {
    first = seq;
    texts = [];
  },
  drop({ seq }) {
    texts.splice(0, Math.max(0, seq - first));
    first = Math.max(first, seq);
  },
  add({ lines }) {
    const from = first + texts.length;
    for (const line of lines) texts.push(line);
    if (pattern) postMessage({ id, more: found(from) });
  },
  find({ source, id: asked }) {
    id = asked;
    pattern = source ? new RegExp(source, "i") : null;
    if (pattern) postMessage({ id, all: found(first) });
  },
  marks({ seqs }) {
    if (pattern) postMessage({ id, marks: seqs.map((seq) => [seq, ranges(texts[seq - first])]) });
  },
};

onmessage = ({ data }) => {
  TASKS[data.task](data);
  postMessage({ done: true });
};
