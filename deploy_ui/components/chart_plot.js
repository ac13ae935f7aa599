/* One chart on its canvas. It is made once for its series and then only gets new values; all charts of the page share
   their crosshair. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { flagsOn, drawMarks } from "./chart_marks.js";
import { measured, mostOf, rowsOf } from "./chart_data.js";
import { optionsOf } from "./chart_options.js";
import { MOST_ROWS, Tip, near } from "./chart_tip.js";
import { stepWords } from "./chart_time.js";
import { valueWords } from "./chart_units.js";

const LEAST_DRAG = 6; // pixels; less is a click
const DOUBLE_MS = 220; // a click may become a double click, which goes back
const HEIGHT = 176;
const RATIO_OF_LIMIT = 0.3; // a limit far above everything would press the lines flat

export class Plot {
  /** `act` has `zoom(since, until)`, `reset()` and `pick(index, left)`. */
  constructor(box, shown, act) {
    this.shown = shown;
    this.act = act;
    this.box = box;
    this.u = new uPlot(optionsOf(this, box.clientWidth || 300, HEIGHT), this.data(), box);
    this.tip = new Tip(this.u.over);
    this.seen = true;
    this.watching = new IntersectionObserver((changes) => {
      this.seen = changes.at(-1).isIntersecting;
      this.tell();
    });
    this.watching.observe(box);
    this.listen();
  }

  /** What it shows: `{chart, looks, times, xs, step, since, until, marks, hidden, theme, language, words, markWords}`. */
  update(shown) {
    const before = this.shown;
    this.shown = shown;
    this.u.batch(() => {
      if (before.hidden !== shown.hidden) shown.chart.series.forEach(({ name }, index) => this.u.setSeries(this.placeOf(index), { show: !shown.hidden.has(name) }));
      this.u.setData(this.data());
      if (before.theme !== shown.theme) this.u.redraw();
    });
  }

  /** Bars that stand on others are drawn before them, since each reaches down to zero. */
  placeOf(index) {
    return this.shown.chart.shape === "bars" ? this.shown.chart.series.length - index : index + 1;
  }

  /** The colour of what is drawn in a place. */
  colorAt(place) {
    const { chart, looks, theme } = this.shown;
    const index = chart.shape === "bars" ? chart.series.length - place : place - 1;
    return theme[looks[index].token];
  }

  data() {
    const { chart, times, xs, hidden } = this.shown;
    const rows = rowsOf(chart, times, hidden);
    this.most = mostOf(rows);
    this.bare = !measured(chart); // an axis of nothing has no numbers
    return [xs, ...(chart.shape === "bars" ? rows.reverse() : rows)];
  }

  /** The upper end of the axis. */
  top() {
    const { limit } = this.shown.chart;
    const near = limit && this.most >= limit * RATIO_OF_LIMIT ? Math.max(this.most, limit) : this.most;
    return near > 0 ? near * 1.08 : 1;
  }

  listen() {
    const { u } = this;
    u.over.addEventListener("click", () => {
      const { idx, left } = u.cursor;
      clearTimeout(this.picking);
      if (!this.dragged && idx !== null && left >= 0) this.picking = setTimeout(() => this.act.pick(idx, left), DOUBLE_MS);
    });
    u.root.addEventListener("mousemove", (event) => this.overFlags(event));
    u.root.addEventListener("mouseleave", () => this.tip.hide());
  }

  /** Says what a flag means that the pointer is on; flags stand above the plot, where there is no crosshair. */
  overFlags({ clientX, clientY, target }) {
    if (this.u.over.contains(target)) return;
    const area = this.u.over.getBoundingClientRect();
    const marks = clientY < area.top ? near(flagsOn(this.u, this.shown.marks), clientX - area.left) : [];
    if (!marks.length) return this.tip.hide();
    return this.tip.show(clientX - area.left, area.width, { title: stepWords(marks[0].at, 1, this.shown.language), events: this.events(marks), rows: [] });
  }

  events(marks) {
    const { markWords, theme } = this.shown;
    return marks.map((mark) => ({ words: markWords(mark), color: theme[mark.kind] ?? theme.scaled }));
  }

  selected() {
    const { left, width } = this.u.select;
    this.dragged = width >= LEAST_DRAG;
    this.u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (this.dragged) this.act.zoom(this.u.posToVal(left, "x"), this.u.posToVal(left + width, "x"));
  }

  /** Goes back to what was zoomed into. */
  back() {
    clearTimeout(this.picking);
    this.act.reset();
  }

  /** Follows the crosshair, its own or that of another chart. */
  moved() {
    this.dragged = false;
    if (this.tip) this.tell();
  }

  /** Says what is at the crosshair, where anybody sees it. */
  tell() {
    const { left, idx } = this.u.cursor;
    if (!this.seen || idx === null || idx === undefined || left < 0) return this.tip.hide();
    const { times, step, language, words, marks } = this.shown;
    const events = this.events(near(flagsOn(this.u, marks), left));
    const { rows, more } = this.values(idx);
    return this.tip.show(left, this.u.bbox.width / devicePixelRatio, { title: stepWords(times[idx], step, language), events, rows, more: more ? words.more.replace("{count}", more) : "" });
  }

  /** The largest values of a step, and how many others there are. */
  values(index) {
    const { chart, looks, hidden, theme, language, words, seriesWords } = this.shown;
    const rows = chart.series
      .map((each, place) => ({ name: each.name, value: each.values[index], label: seriesWords(each), color: theme[looks[place].token] }))
      .filter(({ name, value }) => !hidden.has(name) && value !== null && value !== undefined);
    if (rows.length > MOST_ROWS) rows.sort((one, other) => other.value - one.value);
    const told = rows.slice(0, MOST_ROWS);
    return { rows: told.map((each) => ({ ...each, words: valueWords(chart.unit, each.value, language, words) })), more: rows.length - told.length };
  }

  /** Moves the crosshair of all charts by so many points, from the end where there is none. */
  step(by) {
    const { xs } = this.shown;
    const from = this.u.cursor.idx ?? (by > 0 ? -1 : xs.length);
    const index = Math.min(xs.length - 1, Math.max(0, from + by));
    const left = this.u.valToPos(xs[index], "x");
    this.u.setCursor({ left, top: this.u.over.clientHeight / 3 }, true, true);
  }

  leave() {
    this.u.setCursor({ left: -10, top: -10 }, true, true);
  }

  width(pixels) {
    if (pixels !== this.u.width) this.u.setSize({ width: pixels, height: HEIGHT });
  }

  marked() {
    drawMarks(this.u, { marks: this.shown.marks, limit: this.shown.chart.limit, theme: this.shown.theme });
  }

  destroy() {
    clearTimeout(this.picking);
    this.watching.disconnect();
    this.u.destroy();
  }
}
