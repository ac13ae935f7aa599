/* The box beside the crosshair: the moment, what happened then, and the value of every series. All charts move theirs at
   once, so nothing here asks the page for sizes, and rows are used again. */
export const MOST_ROWS = 8;
const NEAR = 8; // pixels
const NARROW = 320;

function element(name, className, parent) {
  const made = document.createElement(name);
  made.className = className;
  parent?.append(made);
  return made;
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export class Tip {
  constructor(over) {
    this.box = element("div", "charttip", over);
    this.box.hidden = true;
    this.time = element("div", "charttip__time", this.box);
    this.events = element("div", "", this.box);
    this.list = element("div", "", this.box);
    this.more = element("div", "charttip__more", this.box);
    this.rows = [];
  }

  hide() {
    this.box.hidden = true;
  }

  /** `rows` are `{label, words, color}`; `events` are `{words, color}`; `wide` is the width of the plot. */
  show(left, wide, { title, events, rows, more = "" }) {
    put(this.time, title);
    this.events.replaceChildren(...events.map(({ words, color }) => {
      const line = element("div", "charttip__event");
      line.textContent = words;
      line.style.setProperty("--m", color);
      return line;
    }));
    rows.forEach((row, index) => this.fill(index, row));
    this.rows.forEach(({ line }, index) => (line.hidden = index >= rows.length));
    put(this.more, more);
    this.more.hidden = !more;
    this.place(left, wide);
    this.box.hidden = false;
  }

  fill(index, { label, words, color }) {
    if (!this.rows[index]) {
      const line = element("div", "charttip__row", this.list);
      const name = element("span", "charttip__name", line);
      this.rows.push({ line, dot: element("i", "", name), name: element("span", "ellipsis", name), value: element("span", "num", line) });
    }
    const row = this.rows[index];
    if (row.color !== color) row.dot.style.background = row.color = color;
    put(row.name, label);
    put(row.value, words);
  }

  /** On the side of the crosshair where there is more room; on narrow plots at the far edge. */
  place(left, wide) {
    const { style } = this.box;
    const before = left > wide / 2;
    if (wide < NARROW) Object.assign(style, { left: before ? "0" : "auto", right: before ? "auto" : "0", transform: "" });
    else Object.assign(style, { left: `${Math.round(left)}px`, right: "auto", transform: before ? "translateX(calc(-100% - 12px))" : "translateX(12px)" });
  }
}

/** The flags whose line is near a place. */
export const near = (found, left) => found.filter(({ x }) => Math.abs(x - left) <= NEAR).flatMap(({ marks }) => marks);
