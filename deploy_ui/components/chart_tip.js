/* The box beside the crosshair: the moment, what happened then, and the value of every series. */
const MOST_ROWS = 10;
const NEAR = 8; // pixels

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function row({ label, words, color, soft }) {
  const line = element("div", soft ? "charttip__row charttip__row--soft" : "charttip__row");
  const name = element("span", "charttip__name");
  const dot = element("i", "");
  dot.style.background = color;
  name.append(dot, label);
  line.append(name, element("span", "num", words));
  return line;
}

export class Tip {
  constructor(over) {
    this.box = element("div", "charttip");
    this.box.hidden = true;
    this.over = over;
    over.append(this.box);
  }

  hide() {
    this.box.hidden = true;
  }

  /** `rows` are `{label, words, color}`, the most important first; `events` are `{words, color}`. */
  show(left, top, { title, events, rows, more }) {
    const lines = [element("div", "charttip__time", title)];
    for (const event of events) {
      const line = element("div", "charttip__event", event.words);
      line.style.setProperty("--m", event.color);
      lines.push(line);
    }
    lines.push(...rows.slice(0, MOST_ROWS).map(row));
    if (rows.length > MOST_ROWS) lines.push(element("div", "charttip__more", more(rows.length - MOST_ROWS)));
    this.box.replaceChildren(...lines);
    this.box.hidden = false;
    this.place(left, top);
  }

  /** Beside the crosshair, on the side where there is room. */
  place(left, top) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const room = this.over.clientWidth;
    const right = left + 12 + width <= room || left < width + 12;
    const x = right ? Math.min(left + 12, Math.max(0, room - width)) : left - width - 12;
    const y = Math.min(Math.max(0, top - height / 2), Math.max(0, this.over.clientHeight - height));
    this.box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}

/** The flags whose line is near a place. */
export const near = (found, left) => found.filter(({ x }) => Math.abs(x - left) <= NEAR).flatMap(({ marks }) => marks);
