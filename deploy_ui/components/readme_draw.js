/* Draws the parts of a README that need a library of their own, when they come into sight: code, formulas, diagrams. */
import { copyText } from "./copy.js";

const LIBRARIES = {
  code: () => import("./readme_highlight.js"),
  math: () => import("./readme_katex.js"),
  diagram: () => import("./readme_diagram.js"),
};
const AHEAD = "600px";
const SAID_MS = 1500;
const LONGEST = { code: 200000, math: 10000, diagram: 20000 };

function copyButton(box, words) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "md-copy", title: words.copy });
  button.setAttribute("aria-label", words.copy);
  const text = box.textContent;
  button.onclick = async () => {
    await copyText(text.replace(/\n$/, ""));
    button.dataset.copied = "true";
    button.title = words.copied;
    setTimeout(() => {
      delete button.dataset.copied;
      button.title = words.copy;
    }, SAID_MS);
  };
  box.append(button);
}

const parts = (block) => [...(block.matches("[data-draw]") ? [block] : []), ...block.querySelectorAll("[data-draw]")];

/** Draws one part; what cannot be drawn stays as it was written. */
async function draw(part, words) {
  const kind = part.dataset.draw;
  const source = part.dataset.source ?? part.querySelector("code")?.textContent ?? part.textContent;
  part.dataset.drawn = "";
  if (source.length > LONGEST[kind]) return;
  const library = await LIBRARIES[kind]();
  if (part.isConnected) await library.draw(part, source, words);
}

/** Watches the blocks of one README. */
export class Drawer {
  constructor(words) {
    this.words = words;
    this.seen = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: AHEAD });
    this.print = () => this.all();
    window.addEventListener("beforeprint", this.print);
    this.parts = new Set();
  }

  /** Begins to watch a block. */
  add(block) {
    for (const part of parts(block)) {
      if (part.matches(".md-code")) copyButton(part, this.words);
      this.parts.add(part);
      this.seen.observe(part);
    }
  }

  /** Forgets a block. */
  drop(block) {
    for (const part of parts(block)) this.#forget(part);
  }

  /** Draws everything that is still to be drawn, in sight or not. */
  all() {
    return Promise.all([...this.parts].map((part) => this.#draw(part)));
  }

  close() {
    this.seen.disconnect();
    window.removeEventListener("beforeprint", this.print);
  }

  #look(entries) {
    for (const { isIntersecting, target } of entries) if (isIntersecting) this.#draw(target);
  }

  #draw(part) {
    this.#forget(part);
    return draw(part, this.words).catch(() => part.setAttribute("data-undrawn", ""));
  }

  #forget(part) {
    this.parts.delete(part);
    this.seen.unobserve(part);
  }
}
