/* What happened, on the time axis of every chart: dashed lines with small flags; and the limit of what is measured. */
import { flags } from "./chart_data.js";

const APART = 26; // pixels a flag needs
const FLAG = 15;
const WORST = ["crash", "revision", "scaled", "woken"];

const worst = (marks) => WORST.find((kind) => marks.some((mark) => mark.kind === kind)) ?? "scaled";

/** What one mark says in a few letters; "2\u21923" instances are "\u21913". */
function signOf({ kind, label }) {
  if (kind === "crash") return "!";
  if (kind === "woken") return "*";
  const [before, after] = label.split("\u2192");
  return kind === "scaled" && after ? `${Number(after) < Number(before) ? "\u2193" : "\u2191"}${after}` : label;
}

/** What a flag says: its sign, or how many things it stands for. */
const flagWords = (marks) => (marks.length === 1 ? signOf(marks[0]).slice(0, 6) : `${marks.length}\u00d7`);

export const flagsOn = (u, marks) => flags(marks.filter(({ at }) => at >= u.scales.x.min && at <= u.scales.x.max), (at) => u.valToPos(at, "x"), APART);

function line(ctx, from, to, color, dash) {
  ctx.strokeStyle = color;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

function flag(ctx, x, top, words, color, ratio, font) {
  ctx.font = `600 ${10 * ratio}px ${font}`;
  const width = Math.max(16 * ratio, ctx.measureText(words).width + 8 * ratio);
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.roundRect(x - width / 2, top, width, FLAG * ratio, 3 * ratio);
  ctx.fill();
  ctx.fillStyle = "#fff";
  ctx.fillText(words, x, top + (FLAG / 2 + 0.5) * ratio);
}

/** Draws both onto a chart that is drawn. */
export function drawMarks(u, { marks, limit, theme }) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  if (limit && limit <= u.scales.y.max) {
    const y = Math.round(u.valToPos(limit, "y", true));
    line(ctx, [bbox.left, y], [bbox.left + bbox.width, y], theme.limit, [3 * ratio, 3 * ratio]);
  }
  for (const { x, marks: under } of flagsOn(u, marks)) {
    const at = Math.round(bbox.left + x * ratio);
    const color = theme[worst(under)];
    line(ctx, [at, bbox.top - 2 * ratio], [at, bbox.top + bbox.height], color, [3 * ratio, 3 * ratio]);
    flag(ctx, at, bbox.top - (FLAG + 2) * ratio, flagWords(under), color, ratio, theme.font);
  }
  ctx.restore();
}
