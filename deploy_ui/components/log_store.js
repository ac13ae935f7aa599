/* The lines that are held, past React and in little memory: columns in rings instead of an object a line.

   Every line has a sequence number for as long as it is held. Older lines that are loaded later get smaller ones. */
import { tracer } from "./log_trace.js";

const BEGIN = 2 ** 30; // room for older lines in front
const LEVELS = ["debug", "info", "warning", "error"];
const STREAMS = ["stdout", "stderr", "platform"];
const TRACE = 64;

const rank = (level) => Math.max(0, LEVELS.indexOf(level || "info"));

export class LogStore {
  /** Holds `capacity` lines; `slack` more until `trim` is called. */
  constructor(capacity = 100000, slack = 5000) {
    this.capacity = capacity;
    this.size = capacity + slack;
    this.times = new Float64Array(this.size);
    this.marks = new Uint8Array(this.size); // level, stream and whether it goes on with the line before
    this.names = new Uint16Array(this.size);
    this.clear();
  }

  clear() {
    Object.assign(this, { first: BEGIN, next: BEGIN, origin: BEGIN, least: 0, view: null, head: 0 });
    Object.assign(this, { texts: [], cursors: [], instances: [], held: new Map(), cuts: new Map(), leveled: [0, 0, 0, 0] });
    this.isTrace = tracer();
  }

  /** How many lines there are to show. */
  get count() {
    return this.view ? this.view.length - this.head : this.next - this.first;
  }

  seqAt(index) {
    return this.view ? this.view[this.head + index] : this.first + index;
  }

  /** Returns where the line stands among those shown, or the next one that is; `count` behind the last. */
  indexOf(seq) {
    if (!this.view) return Math.min(Math.max(seq - this.first, 0), this.count);
    let [low, high] = [this.head, this.view.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.view[middle] < seq) low = middle + 1;
      else high = middle;
    }
    return low - this.head;
  }

  line(seq) {
    const at = seq % this.size;
    const mark = this.marks[at];
    return {
      ms: this.times[at],
      instance: this.instances[this.names[at]],
      level: LEVELS[mark & 3],
      stream: STREAMS[(mark >> 2) & 3],
      trace: Boolean(mark & TRACE),
      text: this.texts[at],
      cursor: this.cursors[at],
      cut: this.cuts.get(seq) ?? 0,
    };
  }

  text(seq) {
    return this.texts[seq % this.size];
  }

  numberOf(seq) {
    return seq - this.origin + 1;
  }

  passes(seq) {
    return (this.marks[seq % this.size] & 3) >= this.least;
  }

  get full() {
    return this.next - this.first >= this.capacity;
  }

  /** Whether so many more lines fit without one being dropped. */
  fits(many) {
    return this.next - this.first + many <= this.size;
  }

  /** Takes what came, oldest first; drops the oldest held where there is no room. Returns how many of it are shown. */
  append(rows) {
    const fresh = rows.slice(-this.size);
    if (!this.fits(fresh.length)) this.drop(this.next - this.first + fresh.length - this.capacity);
    const before = this.count;
    for (const row of fresh) {
      this.put(this.next, row, this.isTrace);
      if (this.view && this.passes(this.next)) this.view.push(this.next);
      this.next += 1;
    }
    return this.count - before;
  }

  /** Puts older lines in front, as many as there is room for without dropping newer ones. Returns how many are shown. */
  prepend(rows) {
    const room = Math.max(0, this.capacity - (this.next - this.first));
    const older = room ? rows.slice(-room) : [];
    const before = this.count;
    const isTrace = tracer();
    this.first -= older.length;
    older.forEach((row, index) => this.put(this.first + index, row, isTrace));
    this.origin = Math.min(this.origin, this.first);
    if (this.view) this.filter(this.least);
    return this.count - before;
  }

  put(seq, [ms, instance, level, text, stream, cursor, cut], isTrace) {
    const at = seq % this.size;
    const mark = rank(level);
    let name = this.instances.indexOf(instance);
    if (name < 0) name = this.instances.push(instance) - 1;
    this.times[at] = ms;
    this.names[at] = name;
    this.marks[at] = mark | (Math.max(0, STREAMS.indexOf(stream)) << 2) | (isTrace(instance, stream, level, text) ? TRACE : 0);
    this.texts[at] = text;
    this.cursors[at] = cursor;
    if (cut) this.cuts.set(seq, cut);
    this.leveled[mark] += 1;
    this.held.set(instance, (this.held.get(instance) ?? 0) + 1);
  }

  /** Drops the lines over the capacity; returns how many shown ones went. */
  trim() {
    return this.drop(this.next - this.first - this.capacity);
  }

  drop(many) {
    if (many <= 0) return 0;
    const before = this.count;
    const end = this.first + Math.min(many, this.next - this.first);
    for (let seq = this.first; seq < end; seq += 1) this.forget(seq);
    if (this.view) this.head += this.indexOf(end);
    this.first = end;
    if (this.view && this.head > this.capacity) {
      this.view = this.view.slice(this.head);
      this.head = 0;
    }
    return before - this.count;
  }

  forget(seq) {
    const at = seq % this.size;
    const instance = this.instances[this.names[at]];
    const left = this.held.get(instance) - 1;
    if (left) this.held.set(instance, left);
    else this.held.delete(instance);
    this.leveled[this.marks[at] & 3] -= 1;
    this.texts[at] = this.cursors[at] = undefined;
    this.cuts.delete(seq);
  }

  /** Shows the lines of this level (by its number) and worse. */
  filter(least) {
    this.least = least;
    this.head = 0;
    this.view = null;
    if (!least) return;
    const view = [];
    for (let seq = this.first; seq < this.next; seq += 1) if (this.passes(seq)) view.push(seq);
    this.view = view;
  }

  /** Returns the sequence number of a line by its instance and cursor, or -1. */
  find(instance, cursor) {
    const name = this.instances.indexOf(instance);
    for (let seq = this.first; seq < this.next; seq += 1) {
      const at = seq % this.size;
      if (this.cursors[at] === cursor && this.names[at] === name) return seq;
    }
    return -1;
  }

  /** Returns the cursor of the oldest line held of each instance. */
  oldest() {
    const found = {};
    const wanted = this.held.size;
    for (let seq = this.first, count = 0; seq < this.next && count < wanted; seq += 1) {
      const { instance, cursor } = this.line(seq);
      if (instance in found) continue;
      found[instance] = cursor;
      count += 1;
    }
    return found;
  }
}

export const LEVEL_RANK = { all: 0, info: 1, warning: 2, error: 3 };
