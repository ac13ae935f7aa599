/* Diagrams of a README: drawn by Mermaid, and shown as pictures, in which nothing can run or be clicked. */
import mermaid from "mermaid";

const OWN = ["secure", "securityLevel", "startOnLoad", "htmlLabels", "flowchart", "themeCSS", "fontFamily", "altFontFamily", "maxTextSize", "maxEdges", "suppressErrorRendering", "dompurifyConfig", "legacyMathML", "forceLegacyMathML"];
let count = 0;
let queue = Promise.resolve();

function configure(dark) {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    secure: OWN,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    theme: dark ? "dark" : "default",
    fontFamily: "Arial, sans-serif",
    suppressErrorRendering: true,
  });
}

/** The drawing as a picture: it must be XML, and know its size. */
function picture(svg, source) {
  const drawing = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
  const [, , width, height] = (drawing.getAttribute("viewBox") ?? "0 0 600 400").split(/[\s,]+/).map(Number);
  drawing.setAttribute("width", width);
  drawing.setAttribute("height", height);
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`;
  image.alt = source;
  return image;
}

async function drawing(part, source, words) {
  const dark = document.documentElement.classList.contains("dark");
  configure(dark);
  const pre = part.querySelector("pre");
  try {
    const { svg } = await mermaid.render(`md-diagram-${++count}`, source);
    part.querySelector("img")?.remove();
    part.prepend(picture(svg, source));
    pre.hidden = true;
    part.classList.add("md-diagram");
  } catch (error) {
    if (part.querySelector(".md-wrong")) return;
    const note = document.createElement("p");
    note.className = "md-wrong";
    note.textContent = `${words.diagram} ${String(error.message ?? error).split("\n")[0]}`;
    part.prepend(note);
  }
}

/** Draws one after another: Mermaid has one configuration for all. */
export function draw(part, source, words) {
  queue = queue.then(() => drawing(part, source, words));
  return queue;
}
