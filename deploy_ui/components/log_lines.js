/* The lines of a log in the DOM, past React: appended as they come, the oldest dropped, filtered by class. */

const LEVEL_CLASS = { warning: "logline--warn", error: "logline--error" };
const LEVEL_WORD = { debug: "DEBUG", info: "INFO", warning: "WARN", error: "ERROR" };
const NEAR_END_PX = 40;

const two = (n) => String(n).padStart(2, "0");

function clock(ms) {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

function cell(className, text) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

export class LogLines {
  constructor(box, maxLines, onChange) {
    Object.assign(this, { box, maxLines, onChange, waiting: [], frame: 0, total: 0, query: "", marks: [], current: -1 });
    this.counts = { warning: 0, error: 0 };
  }

  add(lines) {
    this.waiting.push(...lines);
    if (this.waiting.length > this.maxLines) this.waiting.splice(0, this.waiting.length - this.maxLines); // a hidden tab draws nothing
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const stick = this.atEnd();
    const fragment = document.createDocumentFragment();
    for (const line of this.waiting.splice(0)) fragment.appendChild(this.row(line));
    this.box.appendChild(fragment);
    for (let over = this.box.childElementCount - this.maxLines; over > 0; over -= 1) this.drop(this.box.firstElementChild);
    if (stick) this.toEnd();
    if (this.query) this.collect();
    this.onChange();
  }

  row([ms, instance, level, text, stream]) {
    this.total += 1;
    if (level in this.counts) this.counts[level] += 1;
    const row = document.createElement("div");
    const look = stream === "platform" ? "logline--sys" : LEVEL_CLASS[level] ?? "";
    row.className = `logline ${look}`;
    row.dataset.level = level;
    row.append(
      cell("g", ""),
      cell("n", this.total),
      cell("t", clock(ms)),
      cell("i", instance),
      cell("l", stream === "platform" ? "" : LEVEL_WORD[level] ?? ""),
      cell("m", text),
    );
    if (this.query) this.mark(row);
    return row;
  }

  drop(row) {
    if (row.dataset.level in this.counts) this.counts[row.dataset.level] -= 1;
    row.remove();
  }

  /** Mark what is searched for; "" takes the marks away. */
  search(query) {
    this.query = query.toLowerCase();
    for (const row of this.box.children) this.mark(row);
    this.collect();
    this.current = this.marks.length - 1;
    this.show();
  }

  mark(row) {
    const message = row.lastElementChild;
    const text = message.textContent;
    const lower = text.toLowerCase();
    if (!this.query || !lower.includes(this.query) || lower.length !== text.length) {
      if (message.firstElementChild) message.textContent = text;
      return;
    }
    const parts = [];
    let from = 0;
    for (let at = lower.indexOf(this.query); at >= 0; at = lower.indexOf(this.query, from)) {
      parts.push(text.slice(from, at), cellOf("mark", text.slice(at, at + this.query.length)));
      from = at + this.query.length;
    }
    message.replaceChildren(...parts, text.slice(from));
  }

  collect() {
    this.marks = [...this.box.querySelectorAll("mark")];
    this.current = Math.min(this.current, this.marks.length - 1);
  }

  step(by) {
    if (!this.marks.length) return;
    this.current = (this.current + by + this.marks.length) % this.marks.length;
    this.show();
  }

  show() {
    for (const [index, mark] of this.marks.entries()) mark.classList.toggle("current", index === this.current);
    const mark = this.marks[this.current];
    if (mark) this.box.scrollTop += mark.getBoundingClientRect().top - this.box.getBoundingClientRect().top - this.box.clientHeight / 2;
    this.onChange();
  }

  atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  text() {
    const shown = [...this.box.children].filter((row) => row.offsetParent !== null);
    return shown.map((row) => [...row.children].map((each) => each.textContent).slice(2).filter(Boolean).join(" ")).join("\n");
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.box.textContent = "";
    Object.assign(this, { waiting: [], frame: 0, total: 0, marks: [], current: -1, counts: { warning: 0, error: 0 } });
  }
}

function cellOf(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
