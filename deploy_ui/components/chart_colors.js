/* The colours of series: a meaning has a colour of its own, instances and revisions get the next one of a palette. They
   are tokens of monitoring.css, read anew when the theme changes. */

const MEANINGS = {
  aborted: "soft", "1xx": "4", "2xx": "ok", "3xx": "2", "4xx": "3", "5xx": "error",
  p50: "2", p90: "1", p99: "soft", max: "3",
  in_flight: "2", waiting: "4",
  wanted: "soft", ready: "1",
  queued: "4", running: "2",
  wait_p50: "2", wait_p99: "2", run_p50: "1", run_p99: "1", oldest: "3",
  completed: "ok", error: "error", canceled: "soft",
  count: "1", in: "2", out: "1",
  retries: "3", resets: "error",
};
const DASHED = new Set(["wait_p99", "run_p99"]);
const PALETTE = ["1", "2", "3", "4", "5", "6", "7", "soft"];
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]]; // who cannot tell eight colours apart again, tells lines apart
const CLASSES = { 1: "soft", 2: "ok", 3: "2", 4: "3", 5: "error" };
const KEYED = new Set(["cpu", "memory", "gpu", "gpu_memory", "revisions"]);

/** Gives every instance its place in the palette, the same on all charts. */
export function placesOf(charts) {
  const names = new Set(charts.filter(({ name }) => KEYED.has(name) && name !== "revisions").flatMap(({ series }) => series.map((each) => each.name)));
  return new Map([...names].map((name, index) => [name, index]));
}

function fromPalette(index) {
  return { token: PALETTE[index % PALETTE.length], dash: DASHES[Math.floor(index / PALETTE.length) % DASHES.length] };
}

/** Returns `{token, dash}` for each series of a chart. */
export function looksOf(chart, places) {
  const seen = {};
  return chart.series.map(({ name }, index) => {
    if (KEYED.has(chart.name)) return fromPalette(places.get(name) ?? index);
    if (chart.name === "codes") {
      const token = CLASSES[name[0]] ?? "soft";
      seen[token] = (seen[token] ?? -1) + 1;
      return { token, dash: DASHES[seen[token] % DASHES.length] };
    }
    return MEANINGS[name] ? { token: MEANINGS[name], dash: DASHED.has(name) ? DASHES[1] : DASHES[0] } : fromPalette(index);
  });
}

const NAMES = ["1", "2", "3", "4", "5", "6", "7", "soft", "ok", "error", "area", "text", "grid", "axis", "limit", "background", "title", "revision", "scaled", "crash", "woken"];

/** The tokens as the canvas needs them. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const colors = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--chart-${name}`).trim() || "#888"]));
  return { ...colors, font: style.fontFamily };
}

/** Calls back when the theme changes; returns what ends that. */
export function onTheme(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style"] });
  return () => observer.disconnect();
}
