/* What a program wrote, made fit to be shown: its colours as spans, every other control character harmless. */
import Anser from "anser";

// CSI, OSC and other strings, and two-letter sequences, whole or cut off.
const ESCAPE = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]/g;
const COLOUR = /^\x1b\[[\d;:]{0,64}m$/;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, "g");
const MOST_COLOURS = 1000; // a line with more is not for reading: it is shown without any
const KNOWN_DECORATIONS = new Set(["bold", "dim", "italic", "underline", "strikethrough"]);
const CUBE = [0, 95, 135, 175, 215, 255];

function symbol(character) {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `<${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

const symbols = (text) => (CONTROL.test(text) ? text.replace(CONTROLS, symbol) : text);

/** A progress bar goes back to the beginning of its line: what it wrote last is what a terminal shows. */
function lastState(text) {
  const end = text.endsWith("\r") ? text.length - 1 : text.length;
  return text.slice(end > 0 ? text.lastIndexOf("\r", end - 1) + 1 : 0, end);
}

/** Returns the text as it is read: without colours, with a visible symbol for every control character left. */
export function plain(text) {
  return CONTROL.test(text) ? symbols(lastState(text).replace(ESCAPE, "")) : text;
}

/** How many characters stay behind the first `longest` ones. */
export const beyond = (text, longest) => (text.length > longest ? Math.max(0, lastState(text).length - longest) : 0);

/** Returns `[{text, className, style}]`, together what `plain` gives for the first `longest` characters. */
export function spans(text, longest = Infinity) {
  const shown = text.length > longest ? lastState(text).slice(0, longest) : text;
  const coloured = shown.includes("\x1b[") ? onlyColours(lastState(shown)) : null;
  if (coloured === null) return [{ text: plain(shown), className: "" }];
  return Anser.ansiToJson(coloured, { use_classes: true, remove_empty: true }).map(spanOf);
}

function onlyColours(text) {
  let from = 0;
  let kept = "";
  let colours = 0;
  for (const { 0: escape, index } of text.matchAll(ESCAPE)) {
    kept += symbols(text.slice(from, index));
    from = index + escape.length;
    if (!COLOUR.test(escape)) continue;
    colours += 1;
    if (colours > MOST_COLOURS) return null;
    kept += escape.replace(/:+/g, ";");
  }
  return colours ? kept + symbols(text.slice(from)) : null;
}

function spanOf({ content, fg, bg, fg_truecolor, bg_truecolor, decorations }) {
  const classes = new Set(decorations.filter((each) => KNOWN_DECORATIONS.has(each)).map((each) => `ansi-${each}`));
  const style = {};
  colour(fg, fg_truecolor, "fg", classes, style);
  colour(bg, bg_truecolor, "bg", classes, style);
  return { text: content, className: [...classes].join(" "), style };
}

/** The sixteen named colours are the theme's own; the others come as they are, and the style sheet keeps them readable. */
function colour(name, exact, place, classes, style) {
  if (!name) return;
  const number = Number(/^ansi-palette-(\d+)$/.exec(name)?.[1] ?? NaN);
  const rgb = name === "ansi-truecolor" ? exact : Number.isNaN(number) ? null : fromPalette(number);
  if (rgb === null) {
    classes.add(`${name}-${place}`);
    return;
  }
  classes.add(`ansi-exact-${place}`);
  style[`--ansi-${place}`] = `rgb(${rgb})`;
}

function fromPalette(number) {
  if (number >= 232) return Array(3).fill(8 + (number - 232) * 10).join(", ");
  const place = number - 16;
  return [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map((step) => CUBE[step]).join(", ");
}
