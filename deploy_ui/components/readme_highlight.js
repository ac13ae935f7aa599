/* The colours of code in a README. */
import { common, createLowlight } from "lowlight";

const lowlight = createLowlight(common);

function built(node) {
  if (node.type === "text") return document.createTextNode(node.value);
  const made = document.createElement("span");
  made.className = node.properties.className.join(" ");
  made.append(...node.children.map(built));
  return made;
}

export function draw(part, source) {
  const { language } = part.dataset;
  if (!lowlight.registered(language)) return;
  part.querySelector("code").replaceChildren(...lowlight.highlight(language, source).children.map(built));
}
