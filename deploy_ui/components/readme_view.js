/* A README as people read it, rendered safely: see readme_pipeline.js. */
import { useEffect, useImperativeHandle, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { Drawer } from "./readme_draw.js";
import { Writer } from "./readme_writer.js";

const PATIENCE_MS = 30000;
const PREFIX = "user-content-";

/** Shows texts that follow each other in `root`; the last one wins. */
class Rendering {
  #worker = null;
  #next = null;
  #busy = 0;

  constructor(root, context, { onShown, onStuck }) {
    this.root = root;
    this.context = context;
    this.onShown = onShown;
    this.onStuck = onStuck;
    this.drawer = new Drawer(context.words);
    this.writer = new Writer(root, { onBlock: (block) => this.drawer.add(block), onGone: (block) => this.drawer.drop(block) });
  }

  show(text) {
    this.#next = text;
    if (!this.#busy) this.#start();
  }

  #start() {
    const first = !this.#worker;
    if (first) {
      this.#worker = new Worker(new URL("./readme_worker.js", import.meta.url), { type: "module" });
      this.#worker.onmessage = ({ data }) => (data.end ? this.#ended() : this.writer.take(data));
      this.#worker.onerror = () => this.#stuck();
    }
    this.#worker.postMessage({ text: this.#next, context: first ? this.context : undefined });
    this.#next = null;
    this.#busy = setTimeout(() => this.#stuck(), PATIENCE_MS);
  }

  #ended() {
    clearTimeout(this.#busy);
    this.#busy = 0;
    this.root.removeAttribute("aria-busy");
    this.onShown();
    if (this.#next !== null) this.#start();
  }

  /** A text that takes too long to render is shown as it was written. */
  #stuck() {
    this.close();
    this.onStuck();
  }

  close() {
    clearTimeout(this.#busy);
    this.#busy = 0;
    this.#worker?.terminate();
    this.#worker = null;
    this.drawer.close();
  }
}

/** Finds what a link within the README leads to. */
function target(root, hash) {
  let name = hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    /* as it is written */
  }
  const named = [PREFIX + name, PREFIX + name.toLowerCase(), name];
  for (const id of named) {
    const found = id && root.querySelector(`#${CSS.escape(id)}, [name="${CSS.escape(id)}"]`);
    if (found) return found;
  }
  return null;
}

function follow(event, root) {
  const link = event.target.closest?.("a[href^='#']");
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const hash = link.getAttribute("href");
  const to = target(root, hash);
  if (!to) return;
  window.history.replaceState(window.history.state, "", hash);
  for (let each = to; each !== root; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  to.scrollIntoView({ block: "start" });
}

/** The rendered text; `handle` gives its blocks and their lines to whoever scrolls beside it. */
export function Rendered({ text, files, words, handle, onShown, follows = true }) {
  const root = useRef(null);
  const rendering = useRef(null);
  const shown = useRef(onShown);
  const [stuck, setStuck] = useState(false);
  shown.current = onShown;
  useEffect(() => {
    let hash = follows ? location.hash : "";
    const done = () => {
      if (hash.length > 1) target(root.current, hash)?.scrollIntoView({ block: "start" });
      hash = "";
      shown.current?.();
    };
    rendering.current = new Rendering(root.current, { files, words }, { onShown: done, onStuck: () => setStuck(true) });
    const { current: box } = root;
    return () => {
      rendering.current.close();
      box.replaceChildren();
    };
  }, [files, words, follows]);
  useEffect(() => {
    if (!stuck) rendering.current.show(text);
  }, [text, stuck, files, words, follows]);
  useImperativeHandle(handle, () => ({ root: root.current, blocks: () => rendering.current.writer.blocks, lines: () => rendering.current.writer.lines }), []);
  const plain = stuck ? [jsx("p", { key: "why", className: "md-wrong" }, words.stuck), jsx("pre", { key: "text", className: "md-plain" }, text)] : null;
  return jsx(
    "div",
    { className: "markdown", onClick: (event) => follow(event, root.current) },
    jsx("div", { ref: root, hidden: stuck, "aria-busy": true, "data-testid": "readme-text" }),
    plain,
  );
}

async function read(url, signal) {
  const answer = await fetch(url, { headers: { accept: "application/json" }, signal });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).text;
}

/** A README from `source` or read from `url`; children stand where there is none. */
export function ReadmeView({ source, url, files, words, reload, children, ref, ...rest }) {
  const [text, setText] = useState(null);
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!url) return undefined;
    const stop = new AbortController();
    setFailed(false);
    read(url, stop.signal).then(setText, () => !stop.signal.aborted && setFailed(true));
    return () => stop.abort();
  }, [url, reload, tries]);
  const kept = useStable(words);
  const shown = url ? text : source;
  if (failed) {
    const again = jsx("button", { type: "button", className: "btn btn--outline", onClick: () => setTries(tries + 1) }, words.again);
    return jsx("div", { ...rest, ref, role: "alert", className: "readme__failed" }, jsx("p", null, words.lost), again);
  }
  if (shown === null || shown === undefined) return jsx("div", { ...rest, ref, className: "readme__loading", "aria-busy": true });
  if (!shown.trim()) return jsx("div", { ...rest, ref }, children);
  return jsx("div", { ...rest, ref }, jsx(Rendered, { text: shown, files: files ?? "", words: kept }));
}

/** The same object as long as its content is the same. */
export function useStable(value) {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}
