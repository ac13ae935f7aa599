/* Builds a README's elements one by one: no string is ever parsed as HTML here. */

function created([tag, attributes]) {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  const columns = attributes["data-columns"];
  if (columns) made.style.setProperty("--md-columns", columns.split(" ").map((width) => `minmax(0, ${width}fr)`).join(" "));
  return made;
}

/** The blocks of a README inside `root`; `onBlock` gets each that is finished, `onGone` each that goes. */
export class Writer {
  blocks = [];
  lines = [];
  #at = 0;
  #inside = null;

  constructor(root, { onBlock, onGone }) {
    this.root = root;
    this.onBlock = onBlock;
    this.onGone = onGone;
  }

  /** Takes one message: which blocks stay, and the steps of those that come between them. */
  take({ begin, steps }) {
    if (begin) this.#begin(begin);
    for (const step of steps) this.#step(step);
  }

  #begin({ head, tail, lines }) {
    const gone = this.blocks.splice(head, this.blocks.length - head - tail);
    for (const block of gone) {
      this.onGone(block);
      block.remove();
    }
    this.lines = lines;
    this.#at = head;
    this.#inside = null;
  }

  #step(step) {
    if (step === 0) this.#leave();
    else if (typeof step === "string") this.#inside.append(step);
    else this.#enter(created(step));
  }

  #enter(element) {
    if (this.#inside) this.#inside.append(element);
    else {
      this.root.insertBefore(element, this.blocks[this.#at] ?? null);
      this.blocks.splice(this.#at++, 0, element);
    }
    this.#inside = element;
  }

  #leave() {
    const left = this.#inside;
    this.#inside = left.parentElement === this.root ? null : left.parentElement;
    if (!this.#inside) this.onBlock(left);
  }
}
