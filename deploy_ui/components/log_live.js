/* A log as it stands on the screen: the lines held, what comes, whether it is followed, what is searched and picked. */
import { LONGEST_TAIL, LogFeed, TAIL } from "./log_feed.js";
import { LogSearch } from "./log_search.js";
import { LogStore } from "./log_store.js";

const MOST_WAITING = 20000; // a hidden tab draws nothing: what came meanwhile is taken without a frame
const TRIM_AT = 4000; // lines over the capacity before they are dropped, all at once
const NEAR_FRONT = 10000;
const PACE_MS = 30; // lines that come are drawn every second frame, what the reader does in the next one

export class LogLive {
  /** Whoever shows it sets `draw`, which is called at most once a frame, when something changed. */
  constructor() {
    this.store = new LogStore();
    this.search = new LogSearch(this.store, () => this.schedule(), () => this.toFirst());
    Object.assign(this, { draw: () => {}, frame: 0, drawn: 0, pressing: false, epoch: 0, state: "connecting" });
    this.reset();
  }

  reset() {
    this.store.clear();
    this.search.restart();
    this.search.refresh();
    Object.assign(this, { waiting: [], older: null, shift: false, following: true, news: 0, more: true, loading: false });
    Object.assign(this, { top: -1, bottom: -1, reveal: null, picked: null, missing: false, target: null, whole: new Set() });
    this.epoch += 1;
  }

  /** Begins with the newest lines of `url`, or around the line `instance:cursor` where one is named. */
  connect(url, around = "") {
    this.url = url;
    this.begin({ around });
    const split = around.indexOf(":");
    if (around) Object.assign(this, { target: { instance: around.slice(0, split), cursor: around.slice(split + 1), pick: true }, following: false });
  }

  begin(from) {
    this.feed?.close();
    const { least } = this.store;
    this.reset();
    this.store.filter(least);
    this.feed = new LogFeed(this.url, from, {
      lines: (rows) => this.receive(rows),
      older: (rows, more) => this.schedule({ older: rows, more }),
      missing: () => this.schedule({ missing: true, target: null, following: true }),
      state: (state) => this.schedule({ state, loading: false }),
    });
  }

  receive(rows) {
    for (const row of rows) this.waiting.push(row);
    if (this.waiting.length > MOST_WAITING) this.settle();
    this.request();
  }

  schedule(change) {
    Object.assign(this, change);
    this.pressing = true;
    this.request();
  }

  request() {
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.next(now));
  }

  /** One frame: the list is told of lines that go or come in front, or of lines that come behind, never of both at once. */
  next(now) {
    this.frame = 0;
    if (!this.pressing && now - this.drawn < PACE_MS) return this.request();
    Object.assign(this, { pressing: false, drawn: now });
    this.shift = false;
    const over = this.store.next - this.store.first - this.store.capacity;
    if (this.older) this.takeOlder();
    else if (over >= TRIM_AT) this.trim();
    else this.settle();
    if (this.target) this.seek();
    this.search.pump();
    this.draw();
    if (this.waiting.length || this.older) this.request();
    return undefined;
  }

  settle() {
    const rows = this.waiting.splice(0);
    if (!rows.length) return;
    if (!this.store.fits(rows.length)) this.turnOver();
    const shown = this.store.append(rows);
    if (!this.following) this.news += shown;
    if (!this.following && this.store.full && this.top < this.store.first + NEAR_FRONT) this.hold();
  }

  trim() {
    this.shift = this.store.trim() > 0;
    this.search.refresh();
  }

  /** So much came at once that the list begins anew, at the end or where the reader is. */
  turnOver() {
    this.epoch += 1;
    if (!this.following) this.reveal = { seq: this.top, align: "start" };
  }

  takeOlder() {
    const rows = this.older;
    Object.assign(this, { older: null, loading: false });
    this.shift = this.store.prepend(rows) > 0;
    if (!rows.length) return;
    this.search.again();
  }

  seek() {
    const { instance, cursor, pick } = this.target;
    const seq = this.store.find(instance, cursor);
    if (seq < 0) return;
    Object.assign(this, { target: null, picked: pick ? [seq, seq] : null, reveal: { seq, align: pick ? "center" : "start" } });
  }

  /** What the reader reads would be dropped: the feed waits until the end is wanted again. */
  hold() {
    this.feed.close();
    this.state = "held";
  }

  follow(on) {
    Object.assign(this, { following: on, news: 0 });
    if (on && this.state === "held") this.connect(this.url);
    this.schedule();
  }

  loadOlder() {
    if (this.loading || !this.more || this.store.full || this.following || this.target) return;
    if (this.state === "ended") this.readWhole();
    else this.loading = this.feed.askOlder(this.store.oldest());
  }

  /** A log that is over has nobody to ask for older lines: it is read once more, as much of it as is held at most. */
  readWhole() {
    this.more = this.feed.tail === TAIL && this.store.next - this.store.first >= TAIL;
    if (!this.more) return this.schedule();
    const { instance, cursor } = this.store.line(this.top);
    this.begin({ tail: LONGEST_TAIL });
    return Object.assign(this, { target: { instance, cursor, pick: false }, following: false, loading: true });
  }

  /** Shows the lines of a level (by its number) and worse. */
  show(least) {
    const seq = this.search.current >= 0 ? this.search.current : this.top;
    this.store.filter(least);
    this.search.refresh();
    this.epoch += 1;
    this.news = 0;
    if (!this.following) this.reveal = { seq, align: "start" };
    this.schedule();
  }

  find(query, regex) {
    this.search.find(query, regex);
    this.schedule();
  }

  /** A search is complete: the match that is in view, or else the nearest that makes sense. */
  toFirst() {
    const { matches } = this.search;
    if (!matches.length) return;
    const inView = matches[this.search.lower(this.top)];
    const last = matches.at(-1);
    this.goTo(inView <= this.bottom ? inView : this.following ? last : (inView ?? last));
  }

  step(by) {
    const seq = this.search.step(by);
    if (seq >= 0) this.goTo(seq);
  }

  goTo(seq) {
    this.search.current = seq;
    if (seq < this.top || seq > this.bottom) Object.assign(this, { reveal: { seq, align: "center" }, following: false });
    this.schedule();
  }

  /** Picks a line; with `further` all from the one picked before. */
  pick(seq, further = false) {
    const from = further && this.picked ? this.picked[0] : seq;
    this.schedule({ picked: [from, seq] });
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.feed?.close();
    this.search.close();
  }
}
