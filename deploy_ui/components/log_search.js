/* Search in the lines that are held. A worker looks; here is what it found, and where the reader stands in it. */
import { plain } from "./log_text.js";

const CHUNK = 5000;
const LIMIT_MS = 2000;
const MOST_KEPT_MARKS = 5000;
const NONE = [];

export const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

function valid(source) {
  try {
    return Boolean(new RegExp(source, "i"));
  } catch {
    return false;
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

export class LogSearch {
  /** `onFound` is called when something was found, or cannot be; `onFirst` once a search is complete. */
  constructor(store, onFound, onFirst) {
    Object.assign(this, { store, onFound, onFirst, worker: null, id: 0, source: "", literal: true, problem: "", busy: false, awaited: false });
    Object.assign(this, { all: [], matches: [], current: -1, kept: new Map(), asked: new Set(), sent: -1, waiting: 0, timer: 0 });
  }

  /** Begins another search; an empty query ends it. `problem` says why there is none: wrong or slow. */
  find(query, regex) {
    Object.assign(this, { all: [], matches: [], current: -1, literal: !regex, quiet: false });
    this.source = query && !regex ? escaped(query) : query;
    return this.look();
  }

  /** Begins a search before there are lines, and shows the first that comes. */
  await(query) {
    this.awaited = true;
    return this.find(query, false);
  }

  /** Searches anew after lines came in front; the reader stays where they are. */
  again() {
    this.restart();
    this.quiet = true;
    if (this.source) this.look();
  }

  async look() {
    const id = (this.id += 1);
    Object.assign(this, { kept: new Map(), asked: new Set() });
    this.problem = valid(this.source) ? "" : "wrong";
    this.busy = Boolean(this.source) && !this.problem;
    if (!this.busy) {
      this.source = "";
      if (this.worker) this.tell({ task: "find", source: "", id });
      return;
    }
    this.start();
    while (this.sent < this.store.next && id === this.id) {
      this.send();
      await pause();
    }
    if (id === this.id) this.tell({ task: "find", source: this.source, id });
  }

  start() {
    if (this.worker) return;
    this.worker = new Worker(new URL("./log_search_worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.restart();
  }

  /** Forgets what the worker holds; for when lines came in front of the others. */
  restart() {
    if (!this.worker) return;
    this.sent = this.store.first;
    this.tell({ task: "clear", seq: this.sent });
  }

  tell(task) {
    this.worker.postMessage(task);
    this.waiting += 1;
    if (!this.timer) this.timer = setTimeout(() => this.giveUp(), LIMIT_MS);
  }

  hear({ done, id, all, more, marks }) {
    if (done) {
      this.waiting -= 1;
      clearTimeout(this.timer);
      this.timer = this.waiting ? setTimeout(() => this.giveUp(), LIMIT_MS) : 0;
      return;
    }
    if (id !== this.id) return;
    if (marks) for (const [seq, ranges] of marks) this.kept.set(seq, ranges);
    if (more) this.take(more);
    if (more && this.awaited && this.matches.length) {
      this.awaited = false;
      this.onFirst();
    }
    if (all) {
      Object.assign(this, { all: [], matches: [], busy: false });
      this.take(all);
      if (!this.quiet) this.onFirst();
    }
    this.onFound();
  }

  take(seqs) {
    for (const seq of seqs) {
      this.all.push(seq);
      if (this.store.passes(seq)) this.matches.push(seq);
    }
  }

  giveUp() {
    this.close();
    Object.assign(this, { source: "", all: [], matches: [], current: -1, problem: "slow", busy: false, id: this.id + 1 });
    this.onFound();
  }

  /** Gives the worker what is new, while there is a search. */
  pump() {
    if (!this.worker || !this.source || this.busy) return;
    while (this.sent < this.store.next) this.send();
  }

  send() {
    const { store } = this;
    if (this.sent < store.first) this.sent = store.first;
    const end = Math.min(store.next, this.sent + CHUNK);
    const lines = [];
    for (let seq = this.sent; seq < end; seq += 1) lines.push(plain(store.text(seq)));
    this.sent = end;
    this.tell({ task: "add", lines });
  }

  /** Follows the store after it dropped lines, or shows others. */
  refresh() {
    const { store } = this;
    if (this.worker) this.tell({ task: "drop", seq: store.first });
    this.all = this.all.filter((seq) => seq >= store.first);
    this.matches = this.all.filter((seq) => store.passes(seq));
    if (this.place() < 0) this.current = this.matches.at(-1) ?? -1;
  }

  /** Returns which of the matches the current one is, or -1. */
  place() {
    const at = this.lower(this.current);
    return this.matches[at] === this.current ? at : -1;
  }

  lower(seq) {
    let [low, high] = [0, this.matches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.matches[middle] < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes the next match, or the one before, the current one; returns its line, or -1. */
  step(by) {
    const { length } = this.matches;
    if (!length) return -1;
    const at = this.lower(this.current) + (this.place() < 0 && by > 0 ? 0 : by);
    this.current = this.matches[(at + length) % length];
    return this.current;
  }

  /** Returns the marks of a line: at once for words, and for a pattern when the worker has them. */
  marks(seq) {
    if (!this.source || this.busy) return NONE;
    const known = this.kept.get(seq);
    if (known) return known;
    if (this.kept.size > MOST_KEPT_MARKS) this.kept.clear();
    if (this.literal) {
      const found = [...plain(this.store.text(seq)).matchAll(new RegExp(this.source, "gi"))].map(({ index, 0: text }) => [index, index + text.length]);
      this.kept.set(seq, found.length ? found : NONE);
      return this.kept.get(seq);
    }
    const at = this.lower(seq);
    if (this.matches[at] === seq) {
      if (!this.asked.size) queueMicrotask(() => this.ask());
      this.asked.add(seq);
    }
    return NONE;
  }

  ask() {
    if (!this.asked.size || !this.worker) return;
    this.tell({ task: "marks", seqs: [...this.asked] });
    for (const seq of this.asked) this.kept.set(seq, NONE);
    this.asked.clear();
  }

  close() {
    clearTimeout(this.timer);
    this.worker?.terminate();
    Object.assign(this, { worker: null, timer: 0, waiting: 0, sent: -1 });
  }
}
