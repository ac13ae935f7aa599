/* A chart as a file: its values, or its picture with title and legend. */
import { chartCsv, chartsCsv, fileName } from "./chart_csv.js";
import { saveBlob } from "./save_blob.js";

const MARGIN = 16;
const HEAD = 52;
const SAMPLE = 10;

const saveCsv = (text, name) => saveBlob(new Blob([text], { type: "text/csv;charset=utf-8" }), name);

export const exportChart = (chart, answer, slug) => saveCsv(chartCsv(chart, answer.times), fileName(slug, chart.name, answer, "csv"));

export const exportAll = (charts, answer, slug) => saveCsv(chartsCsv(charts, answer.times), fileName(slug, "all", answer, "csv"));

function drawHead(ctx, width, { title, time, legend, theme }) {
  ctx.textRendering = "optimizeSpeed"; // no ligatures: Inter would make "k4x9" a product
  ctx.textBaseline = "middle";
  ctx.fillStyle = theme.title;
  ctx.font = `600 13px ${theme.font}`;
  ctx.fillText(title, MARGIN, MARGIN + 6);
  ctx.font = `400 12px ${theme.font}`;
  ctx.fillStyle = theme.text;
  ctx.textAlign = "right";
  ctx.fillText(time, width - MARGIN, MARGIN + 6);
  ctx.textAlign = "left";
  let x = MARGIN;
  for (const { label, color } of legend) {
    const wide = SAMPLE + 6 + ctx.measureText(label).width + 14;
    if (x + wide > width) break; // the picture is of a chart, not of its legend
    ctx.fillStyle = color;
    ctx.fillRect(x, MARGIN + 24, SAMPLE, 8);
    ctx.fillStyle = theme.text;
    ctx.fillText(label, x + SAMPLE + 6, MARGIN + 28);
    x += wide;
  }
}

/** Saves what a canvas shows, as sharp as it is on the screen. `head` has `{title, time, legend, theme}`. */
export function exportPicture(source, head, name) {
  const ratio = devicePixelRatio;
  const width = source.width / ratio + 2 * MARGIN;
  const height = source.height / ratio + HEAD + 2 * MARGIN;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * ratio, height: height * ratio });
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.fillStyle = head.theme.background;
  ctx.fillRect(0, 0, width, height);
  drawHead(ctx, width, head);
  ctx.drawImage(source, MARGIN, HEAD + MARGIN - 4, source.width / ratio, source.height / ratio);
  canvas.toBlob((blob) => blob && saveBlob(blob, name), "image/png");
}
