/* The charts of a deployment: the address says which time, the values come past the state. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { TriangleAlert } from "lucide-react";
import { useLocation } from "react-router";
import { ChartBar } from "./chart_bar.js";
import { ChartCard } from "./chart_card.js";
import { looksOf, onTheme, placesOf, readTheme } from "./chart_colors.js";
import { middles, toggled, worthDrawing } from "./chart_data.js";
import { exportAll } from "./chart_export.js";
import { useFeed } from "./chart_feed.js";
import { ChartOwnRange } from "./chart_own.js";
import { queryOf, stretch, unzoomed, viewOf, widened, zoomed } from "./chart_range.js";
import { REFRESHES } from "./chart_refresh.js";
import { ChartSkeleton, ChartSummary } from "./chart_summary.js";
import { clockWords } from "./chart_time.js";
import { wordsFor } from "./chart_words.js";

const SHOWN = new Set();
const left = new Map(); // what was shown of a deployment before another view of the tab was opened

const asked = (name) => new URLSearchParams(location.search).get(name);
const namesTime = () => asked("range") !== null || asked("since") !== null;
const ofCharts = () => /\/monitoring\/?$/.test(location.pathname) && [null, "charts"].includes(asked("view"));

/** What the address says, and what of the page says it; links and tabs may have changed the address meanwhile. */
function useView(slug) {
  const [view, set] = useState(() => (namesTime() ? viewOf(location.search) : (left.get(slug) ?? viewOf(""))));
  const { key } = useLocation();
  const seen = useRef(key);
  useEffect(() => {
    if (seen.current !== key && namesTime() && ofCharts()) set(viewOf(location.search));
    seen.current = key;
  }, [key]);
  useEffect(() => {
    left.set(slug, view);
    if (!ofCharts()) return; // another view or tab is about to open
    const query = queryOf(location.search, view);
    if (`?${query}` !== location.search) history.replaceState(history.state, "", `${location.pathname}?${query}`);
  }, [slug, view, key]);
  return [view, set];
}

function useTheme(box) {
  const [theme, set] = useState(null);
  useEffect(() => {
    const read = () => requestAnimationFrame(() => box.current && set(readTheme(box.current)));
    read();
    document.fonts?.ready.then(read);
    return onTheme(read);
  }, [box]);
  return theme;
}

function remembered() {
  const value = localStorage.getItem("charts.refresh");
  return REFRESHES.includes(value) ? value : REFRESHES[0];
}

/** What each chart needs to draw itself; charts that nothing was hidden in keep their set. */
function useShown(answer, wanted, hidden, theme, language, words, say) {
  return useMemo(() => {
    if (!answer || !theme) return { drawn: [], idle: [] };
    const { drawn, idle } = worthDrawing(answer.charts);
    const places = placesOf(answer.charts);
    const times = answer.times.length ? answer.times : [answer.since, answer.until];
    const shared = { times, xs: answer.times.length ? middles(times, answer.step_s) : times, step: answer.step_s, since: wanted.since, until: wanted.until, marks: answer.marks, theme, language, words, markWords: say.mark };
    const one = (chart) => ({ ...shared, chart, looks: looksOf(chart, places), hidden: hidden.get(chart.name) ?? SHOWN, seriesWords: say.series(chart) });
    return { drawn: drawn.map(one), idle };
  }, [answer, wanted, hidden, theme, language, words, say]);
}

function Trouble({ answer, at, problem, language, words }) {
  if (problem === null && !answer?.trouble) return null;
  const why = problem === null ? answer.trouble.message : problem || words.failed;
  const old = problem !== null && answer ? words.old.replace("{time}", clockWords(at, language)) : "";
  return jsx("div", { className: "callout callout--amber charts__trouble", role: "alert", "data-testid": "charts-trouble" }, jsx(TriangleAlert, { className: "icon", "aria-hidden": true }), jsx("div", { className: "grow" }, why, old ? ` ${old}` : ""));
}

function Foot({ answer, idle, words, say }) {
  const nothing = idle.length ? words.idle.replace("{charts}", idle.map((name) => words[`name_${name}`] ?? name).join(", ")) : "";
  return jsx("p", { className: "small muted charts__foot" }, `${say.kept(answer.kept_days)} ${say.step(answer.step_s)} ${nothing}`);
}

function Charts({ url, slug, words, language, grafana, gone, days }) {
  const box = useRef(null);
  const [view, setView] = useView(slug);
  const [refresh, setRefresh] = useState(remembered);
  const [own, setOwn] = useState(false);
  const [hidden, setHidden] = useState(() => new Map());
  const theme = useTheme(box);
  const say = useMemo(() => wordsFor(words, language), [words, language]);
  const { answer, at, problem, loading, again } = useFeed(url, view, refresh, language);
  const bounds = useMemo(() => (answer ? (view.within ?? { since: answer.since, until: answer.until }) : null), [answer, view]);
  const { drawn, idle } = useShown(answer, bounds, hidden, theme, language, words, say);
  const zoom = useCallback((since, until) => setView((from) => zoomed(from, since, until)), []);
  const reset = useCallback(() => setView(unzoomed), []);
  const toggle = useCallback((chart, name, only) => {
    const names = chart.series.map((each) => each.name);
    setHidden((all) => new Map(all).set(chart.name, toggled(all.get(chart.name) ?? SHOWN, names, name, only)));
  }, []);
  const act = {
    range: (range) => (setOwn(false), setView({ range, within: null })),
    openOwn: () => setOwn((open) => !open),
    refresh: (name) => (localStorage.setItem("charts.refresh", name), setRefresh(name)),
    reset,
    again,
    exportAll: () => exportAll(drawn.map(({ chart }) => chart), answer, slug),
  };
  const kept = answer?.kept_days ?? days;
  const chooseOwn = (since, until) => (setOwn(false), setView({ range: "", within: widened(since, until) }));
  const kinds = new Set(answer?.marks.map(({ kind }) => kind));
  const card = `/deployments/${slug}`;
  return jsx(
    "div",
    { ref: box, className: "charts__view", "data-loading": loading },
    jsx(ChartBar, { days: kept, view, own, shown: bounds, kinds, grafana, refresh, loading, language, words, rangeLabel: say.rangeLabel, act }),
    own ? jsx(ChartOwnRange, { shown: bounds ?? stretch(view, Date.now() / 1000), days: kept, words, choose: chooseOwn, close: () => setOwn(false) }) : null,
    jsx(Trouble, { answer, at, problem, language, words }),
    answer && theme
      ? [
          jsx(ChartSummary, { key: "figures", figures: answer.summary, language, words }),
          jsx("div", { key: "charts", className: "charts", "data-step": answer.step_s }, drawn.map((shown) => jsx(ChartCard, { key: shown.chart.name, shown, answer, slug, card, withLogs: !gone, toggle, zoom, reset }))),
          jsx(Foot, { key: "foot", answer, idle, words, say }),
        ]
      : problem === null && jsx(ChartSkeleton, { words }),
  );
}

export function ChartPane({ url, slug, words, language = "en", grafana = "", gone = false, days = 3, ref, ...rest }) {
  const texts = useMemo(() => words, [language]); // others come with every change of the card, and nothing is drawn anew for that
  return jsx("div", { ref, ...rest }, slug ? jsx(Charts, { key: url, url, slug, words: texts, language, grafana, gone, days }) : null);
}
