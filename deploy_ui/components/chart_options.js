/* How the library that draws is told to draw one chart. */
import uPlot from "uplot";
import { alone } from "./chart_data.js";
import { axisWords } from "./chart_time.js";
import { tickWords, ticksOf } from "./chart_units.js";

const GROUP = "charts";
const SHARED = new Set(["mousemove", "mouseleave"]); // a drag is for one chart: it zooms all by another way
const BAR = 0.8; // of a step
const WIDEST_BAR = 40;
const AXIS_WIDTH = 44;
const AXIS_HEIGHT = 26;
const ROOM_FOR_FLAGS = 20;
const ROOM_FOR_TIME = 16; // half of the last word under the axis

const PATHS = { bars: uPlot.paths.bars({ size: [BAR, WIDEST_BAR], align: 0 }), steps: uPlot.paths.stepped({ align: 1 }) };
const THICK = new Set(["p90", "ready", "run_p50"]);

function series(plot, place) {
  const { chart, looks } = plot.shown;
  const { token, dash } = looks[place];
  const color = () => plot.shown.theme[token];
  const bars = chart.shape === "bars";
  const faint = () => `color-mix(in srgb, ${color()} 14%, transparent)`;
  return {
    stroke: bars ? undefined : color,
    fill: bars ? color : chart.shape === "area" ? faint : undefined,
    width: bars ? 0 : THICK.has(chart.series[place].name) ? 2 : 1.5,
    dash: dash.length ? dash : undefined,
    paths: PATHS[chart.shape],
    show: !plot.shown.hidden.has(chart.series[place].name),
    points: bars ? { show: false } : { show: true, size: 4, width: 0, fill: color, filter: (u, index) => alone(u.data[index], 0, u.data[index].length - 1) },
  };
}

function allSeries(plot) {
  const made = plot.shown.chart.series.map((_, place) => series(plot, place));
  return [{}, ...(plot.shown.chart.shape === "bars" ? made.reverse() : made)];
}

function axes(plot) {
  const font = `11px ${plot.shown.theme.font}`;
  const text = () => plot.shown.theme.text;
  const time = {
    stroke: text,
    font,
    size: AXIS_HEIGHT,
    space: 62,
    gap: 6,
    grid: { show: false },
    ticks: { show: false },
    border: { show: true, stroke: () => plot.shown.theme.axis, width: 1 },
    values: (u, splits, axis, space, apart) => splits.map((at) => axisWords(at, apart, plot.shown.language)),
  };
  const value = {
    stroke: text,
    font,
    size: AXIS_WIDTH,
    space: 26,
    gap: 6,
    grid: { stroke: () => plot.shown.theme.grid, width: 1 },
    ticks: { show: false },
    incrs: () => ticksOf(plot.shown.chart.unit, plot.top()),
    values: (u, splits) => splits.map((at) => plot.bare ? "" : tickWords(plot.shown.chart.unit, plot.top(), at, plot.shown.language)),
  };
  return [time, value];
}

function cursor(plot) {
  return {
    y: false,
    drag: { x: true, y: false, setScale: false },
    sync: { key: GROUP, setSeries: false, scales: ["x", null], filters: { pub: (type) => SHARED.has(type), sub: (type) => SHARED.has(type) } },
    bind: { dblclick: () => () => plot.back() },
    points: { size: 7, width: 1.5, stroke: () => plot.shown.theme.background, fill: (u, index) => plot.colorAt(index), show: plot.shown.chart.shape !== "bars" },
  };
}

/** Returns the options of a chart; what they draw with is asked of `plot` again at every drawing. */
export function optionsOf(plot, width, height) {
  return {
    width,
    height,
    padding: [ROOM_FOR_FLAGS, ROOM_FOR_TIME, 0, 0],
    legend: { show: false },
    scales: { x: { time: true, range: () => [plot.shown.since, plot.shown.until] }, y: { range: () => [0, plot.top()] } },
    series: allSeries(plot),
    axes: axes(plot),
    cursor: cursor(plot),
    hooks: { draw: [() => plot.marked()], setCursor: [() => plot.moved()], setSelect: [() => plot.selected()] },
  };
}
