/* Measured values as a table for other programs: moments in UTC, points in numbers, nothing where there is a gap. */

const RISKY = /^[=+\-@\t\r]/; // spreadsheets would calculate it

function cell(text) {
  const safe = RISKY.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const moment = (at) => new Date(at * 1000).toISOString().replace(".000Z", "Z");
const number = (value) => (value === null || value === undefined ? "" : String(value));

function table(times, columns) {
  const rows = times.map((at, index) => [moment(at), ...columns.map(({ values }) => number(values[index]))].join(","));
  return [["time", ...columns.map(({ title }) => cell(title))].join(","), ...rows, ""].join("\r\n");
}

/** One chart: a column for each of its series. */
export const chartCsv = (chart, times) => table(times, chart.series.map(({ name, values }) => ({ title: name, values })));

/** Several charts: columns are named "requests 2xx (per_second)". */
export function chartsCsv(charts, times) {
  const columns = charts.flatMap((chart) => chart.series.map(({ name, values }) => ({ title: `${chart.name} ${name} (${chart.unit})`, values })));
  return table(times, columns);
}

/** "fraud-scoring-requests-20261126T0305Z-20261126T0405Z.csv" */
export function fileName(slug, chart, { since, until }, ending) {
  const short = (at) => `${moment(at).slice(0, 16).replaceAll(/[-:]/g, "")}Z`;
  return `${[slug, chart, short(since), short(until)].join("-")}.${ending}`;
}
