/* Formulas of a README. Commands that would make links, classes or requests are not trusted. */
import katex from "katex";
import "katex/dist/katex.min.css";

export function draw(part, source) {
  const displayMode = !part.matches(".md-math--inline");
  const box = document.createElement("span");
  try {
    katex.render(source.trim(), box, { displayMode, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500, throwOnError: true });
  } catch (error) {
    part.classList.add("md-math--wrong");
    part.title = error.message.replace(/^KaTeX parse error: /, "");
    return;
  }
  part.replaceChildren(...box.childNodes);
}
