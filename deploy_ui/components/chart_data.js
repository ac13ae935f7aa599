/* What is drawn of a chart: bars on top of each other, what is hidden, what is there at all. */

/** The middles of the steps: a bar stands on the whole of its step, and the nearest point is the one of the step. */
export const middles = (times, step) => times.map((at) => at + step / 2);

const zeros = (count) => new Array(count).fill(null);

/** Adds series up; a gap in all of them stays a gap. */
export function stacked(rows, count) {
  let below = zeros(count);
  return rows.map((row) => {
    below = below.map((sum, index) => (row[index] === null || row[index] === undefined ? sum : (sum ?? 0) + row[index]));
    return below;
  });
}

/** Returns the rows to draw, one for each series; hidden ones are empty, and bars stand on those below them. */
export function rowsOf(chart, times, hidden) {
  const shown = chart.series.filter(({ name }) => !hidden.has(name));
  const sums = chart.shape === "bars" ? stacked(shown.map(({ values }) => values), times.length) : shown.map(({ values }) => values);
  const rows = new Map(shown.map(({ name }, index) => [name, sums[index]]));
  return chart.series.map(({ name }) => rows.get(name) ?? zeros(times.length));
}

/** The largest value that is drawn; 0 where there is none. */
export function mostOf(rows) {
  let most = 0;
  for (const row of rows) for (const value of row) if (value > most) most = value;
  return most;
}

export const measured = (chart) => chart.series.some(({ values }) => values.some((value) => value !== null));

/** Whether anything but nothing was measured: what does not happen at all need not be drawn. */
export const happened = (chart) => chart.series.some(({ values }) => values.some((value) => value > 0));

const OPTIONAL = new Set(["calls", "call_times", "calls_ended", "cold_starts", "cold_start_times", "retries", "codes", "bytes", "gpu", "gpu_memory", "revisions"]);

/** Parts charts in those to draw and the names of those that have nothing to say. */
export function worthDrawing(charts) {
  const idle = charts.filter((chart) => OPTIONAL.has(chart.name) && !happened(chart));
  return { drawn: charts.filter((chart) => !idle.includes(chart)), idle: idle.map(({ name }) => name) };
}

/** The last value of a series, or null. */
export const newest = ({ values }) => values.findLast((value) => value !== null) ?? null;

/** The points without a neighbour, which no line reaches. */
export function alone(row, from, to) {
  const found = [];
  const is = (index) => index >= 0 && index < row.length && row[index] !== null && row[index] !== undefined;
  for (let index = from; index <= to; index += 1) if (is(index) && !is(index - 1) && !is(index + 1)) found.push(index);
  return found;
}

/** After a click on a series in the legend: it goes or comes back; `only`: all others go, or all come back. */
export function toggled(hidden, names, name, only) {
  if (!only) return new Set(hidden.has(name) ? [...hidden].filter((each) => each !== name) : [...hidden, name]);
  const others = names.filter((each) => each !== name);
  const alreadyOnly = !hidden.has(name) && others.every((each) => hidden.has(each));
  return new Set(alreadyOnly ? [] : others);
}

/** Puts marks that would lie on each other under one flag. `xOf` gives the place of a moment, `apart` what a flag needs. */
export function flags(marks, xOf, apart) {
  const found = [];
  for (const mark of [...marks].sort((one, other) => one.at - other.at)) {
    const x = xOf(mark.at);
    const before = found.at(-1);
    if (before && x - before.x < apart) before.marks.push(mark);
    else found.push({ x, marks: [mark] });
  }
  return found;
}
