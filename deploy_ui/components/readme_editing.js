/* One README being edited: what is saved, what is written, who else saved meanwhile. */
import { Refused, read, readNewer, readVersion, save } from "./readme_api.js";
import { replaceText } from "./readme_codemirror.js";
import * as drafts from "./readme_draft.js";
import { merged } from "./readme_merge.js";

const PREVIEW_MS = 50;
const DRAFT_MS = 400;
const WATCH_MS = 15000;
const known = new Map(); // what was read last at each address: shown at once when its tab is opened again
const NOTHING = { text: "", version: 0, changed_at: null, changed_by: null };

/** A store that a component follows; its editor joins by `join`. */
export class Editing {
  state = { phase: "loading", base: NOTHING, text: "", dirty: false, saving: false, newer: null, draft: null, problems: [], conflict: null };
  #told = new Set();
  #view = null;
  #timers = {};
  #closed = false;

  constructor({ url, person, language, words, mayEdit, onSaved }) {
    Object.assign(this, { url, person, language, words, mayEdit, onSaved });
    if (known.has(url)) this.state = { ...this.state, ...this.#beginning(known.get(url)) };
  }

  #beginning(found) {
    const draft = this.mayEdit ? drafts.kept(this.person, this.url) : null;
    return { phase: "ready", base: found, text: found.text, draft: draft && draft.text !== found.text ? draft : null };
  }

  follow = (tell) => {
    this.#told.add(tell);
    return () => this.#told.delete(tell);
  };

  now = () => this.state;

  #set(changes) {
    if (this.#closed) return;
    this.state = { ...this.state, ...changes };
    for (const tell of this.#told) tell();
  }

  /** Begins to look whether somebody else saves. */
  open() {
    this.#closed = false;
    const look = () => document.visibilityState === "visible" && this.#look();
    this.#timers.watch = setInterval(look, WATCH_MS);
    window.addEventListener("focus", look);
    this.load();
    return () => {
      this.#keepDraft();
      this.#closed = true;
      Object.values(this.#timers).forEach(clearTimeout);
      window.removeEventListener("focus", look);
    };
  }

  join(view) {
    this.#view = view;
  }

  /** The text as it stands in the editor. */
  written() {
    return this.#view ? this.#view.state.doc.toString() : this.state.text;
  }

  async load() {
    try {
      const found = await read(this.url, this.language);
      known.set(this.url, found);
      if (this.state.phase === "ready") this.#others(found);
      else this.#set(this.#beginning(found));
    } catch (error) {
      if (this.state.phase !== "ready") this.#set({ phase: "failed", problems: [this.#why(error)] });
    }
  }

  async #look() {
    if (this.state.phase !== "ready" || this.state.saving) return;
    const found = await readNewer(this.url, this.state.base.version, this.language).catch(() => null);
    if (found && found.version > this.state.base.version && !this.state.saving) this.#others(found);
  }

  /** Takes what somebody else saved at once if nothing is written here, else tells of it. */
  #others(found) {
    if (found.version <= this.state.base.version) return;
    if (this.state.dirty) this.#set({ newer: found });
    else this.#rest(found);
  }

  /** From here on `found` is what is saved, and what is written. */
  #rest(found) {
    this.#set({ base: found, newer: null, conflict: null });
    this.#put(found.text);
  }

  #put(text) {
    if (this.#view) replaceText(this.#view, text);
    this.#settle(text);
  }

  /** Something was typed: the preview, the draft and the state follow when it pauses. */
  changed() {
    if (!this.state.dirty) this.#set({ dirty: true });
    clearTimeout(this.#timers.preview);
    this.#timers.preview = setTimeout(() => this.#settle(this.written()), PREVIEW_MS);
  }

  #settle(text) {
    clearTimeout(this.#timers.preview);
    const dirty = text !== this.state.base.text;
    this.#set({ text, dirty });
    clearTimeout(this.#timers.draft);
    if (dirty) this.#timers.draft = setTimeout(() => this.#keepDraft(), DRAFT_MS);
    else if (!this.state.draft) drafts.drop(this.person, this.url);
  }

  #keepDraft() {
    if (this.state.dirty) drafts.keep(this.person, this.url, this.written(), this.state.base.version);
  }

  async save(onto = this.state.base.version) {
    if (this.state.saving || this.state.phase !== "ready") return;
    const text = this.written();
    this.#set({ saving: true, problems: [] });
    try {
      const saved = await save(this.url, text, onto, this.language);
      known.set(this.url, { ...saved, text });
      this.#set({ base: { ...saved, text }, saving: false, newer: null, conflict: null, draft: null });
      this.#settle(this.written());
      this.onSaved(saved.version);
    } catch (error) {
      this.#set({ saving: false });
      if (error instanceof Refused && error.code === "readme_changed") await this.compare();
      else this.#set({ problems: [this.#why(error)], conflict: null });
    }
  }

  /** Shows what somebody else saved beside what is written here. */
  async compare() {
    try {
      const theirs = await read(this.url, this.language);
      if (theirs.text === this.written()) return this.#rest(theirs);
      this.#set({ conflict: { theirs, mine: this.written() }, newer: theirs });
    } catch (error) {
      this.#set({ problems: [this.#why(error)] });
    }
  }

  takeTheirs() {
    this.#rest(this.state.conflict.theirs);
  }

  keepMine() {
    return this.save(this.state.conflict.theirs.version);
  }

  /** Puts both together in the editor, on top of theirs. */
  async merge() {
    const { theirs } = this.state.conflict;
    const { base } = this.state;
    const common = base.text ?? (await readVersion(this.url, base.version, this.language)) ?? "";
    const names = { mine: this.words.mine, theirs: theirs.changed_by ?? this.words.theirs };
    const text = merged(this.written(), common, theirs.text, names);
    this.#set({ base: theirs, newer: null, conflict: null });
    this.#put(text);
    this.#view?.focus();
  }

  putOff() {
    this.#set({ conflict: null });
  }

  discard() {
    drafts.drop(this.person, this.url);
    this.#set({ problems: [], draft: null, conflict: null });
    this.#put(this.state.newer ? this.state.newer.text : this.state.base.text);
    if (this.state.newer) this.#rest(this.state.newer);
  }

  /** Goes on with what this browser kept, on the version it was written on. */
  resume() {
    const { draft, base } = this.state;
    if (draft.version !== base.version) this.#set({ base: { ...base, version: draft.version, text: null }, newer: base });
    this.#set({ draft: null });
    this.#put(draft.text);
  }

  forgetDraft() {
    drafts.drop(this.person, this.url);
    this.#set({ draft: null });
  }

  say(problems) {
    this.#set({ problems });
  }

  #why(error) {
    return error.message && error instanceof Refused ? error.message : this.words.unreachable;
  }
}
