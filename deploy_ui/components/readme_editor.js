/* A README to write: its text, its rendering, or both beside each other. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { jsx } from "@emotion/react";
import { LeaveGuard } from "$/public/external/deploy_ui/components/leave_guard/leave_guard.js";
import { Rendered, useStable } from "$/public/external/deploy_ui/components/readme_view/readme_view.js";
import { saveBlob } from "$/public/external/deploy_ui/components/save_text/save_blob.js";
import { useNarrow } from "$/public/external/deploy_ui/components/text_diff/narrow.js";
import { Actions, Modes, Notes, PictureButton, StateLine } from "./readme_bar.js";
import { createEditor, replaceText } from "./readme_codemirror.js";
import { Conflict } from "./readme_conflict.js";
import { keepMode, keptMode } from "./readme_draft.js";
import { Editing } from "./readme_editing.js";
import { storePictures } from "./readme_pictures.js";
import { tie } from "./readme_scroll.js";

const LOCALES = { en: "en-GB" };
const MOMENT = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
const NARROW = "(max-width: 760px)";
const SAMPLE_NAME = "README-sample.md";

function useEditing(given, reload) {
  const { url, person, language, words, mayEdit } = given;
  const saved = useRef(given.onSaved);
  saved.current = given.onSaved;
  const onSaved = (version) => saved.current?.(version);
  const editing = useMemo(() => new Editing({ url, person, language, words, mayEdit, onSaved }), [url, person, mayEdit]);
  Object.assign(editing, { language, words });
  useEffect(() => editing.open(), [editing]);
  const first = useRef(reload);
  useEffect(() => {
    if (reload !== first.current) editing.load();
    first.current = reload;
  }, [editing, reload]);
  return [editing, useSyncExternalStore(editing.follow, editing.now, editing.now)];
}

/** Ctrl+S saves, wherever on the page the cursor is. */
function useSaveKey(editing) {
  useEffect(() => {
    const pressed = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.code !== "KeyS") return;
      event.preventDefault();
      if (editing.written() !== editing.state.base.text) editing.save();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [editing]);
}

const downloadText = (text) => saveBlob(new Blob([text], { type: "text/markdown" }), SAMPLE_NAME);

/** The editor itself; `onView` gets it when it is there. */
function Source({ editing, words, onView, onFiles }) {
  const box = useRef(null);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    const view = createEditor({ parent: box.current, text: editing.state.text, words, onChange: () => editing.changed(), onFiles: (files) => take.current(files) });
    editing.join(view);
    onView(view);
    return () => {
      editing.join(null);
      onView(null);
      view.destroy();
    };
  }, [editing]);
  return jsx("div", { ref: box, className: "editor readme__source" });
}

function Panes({ editing, state, mode, files, words, onView, view, onFiles, empty }) {
  const rendered = useRef(null);
  const box = useRef(null);
  useEffect(() => (view && mode === "split" ? tie(view, box.current, rendered) : undefined), [view, mode]);
  const blank = !state.text.trim();
  const read = blank ? jsx("div", { className: "readme__empty muted" }, empty) : jsx(Rendered, { text: state.text, files, words, handle: rendered, follows: mode === "preview" });
  return jsx(
    "div",
    { className: "panel readme__panes", "data-mode": mode, "data-testid": "readme-panes" },
    jsx(Source, { editing, words, onView, onFiles }),
    jsx("div", { ref: box, className: "readme__rendered", tabIndex: mode === "split" ? 0 : undefined, hidden: mode === "edit" }, mode === "edit" ? null : read),
  );
}

function Loading({ state, editing, words }) {
  if (state.phase === "loading") return jsx("div", { className: "readme__loading", "aria-busy": true });
  const again = jsx("button", { type: "button", className: "btn btn--outline", onClick: () => editing.load() }, words.again);
  return jsx("div", { className: "readme__failed", role: "alert" }, jsx("p", null, words.lost), jsx("p", { className: "muted" }, state.problems[0]), again);
}

/** Somebody who may not write sees the text alone. */
function Reading({ state, files, words, children, at }) {
  const text = state.text.trim() ? jsx(Rendered, { text: state.text, files, words }) : jsx("div", { className: "readme__empty muted" }, words.empty_viewer);
  return jsx(
    "div",
    { className: "readme" },
    jsx("div", { className: "readme__bar" }, jsx(StateLine, { state, words, at }), jsx("span", { className: "grow" }), children),
    jsx("div", { className: "panel readme__panes", "data-mode": "preview" }, jsx("div", { className: "readme__rendered" }, text)),
  );
}

export function ReadmeEditor({ url, mayEdit = false, person = "", sample, language = "en", words: given, reload, onSaved, children, ref, ...rest }) {
  const words = useStable(given);
  const [editing, state] = useEditing({ url, person, language, words, mayEdit, onSaved }, reload);
  const [view, setView] = useState(null);
  const [wanted, setWanted] = useState(() => keptMode() ?? "split");
  const narrow = useNarrow(NARROW);
  useSaveKey(editing);
  const at = (moment) => (moment ? new Intl.DateTimeFormat(LOCALES[language] ?? language, MOMENT).format(new Date(moment)) : "");
  const mode = narrow && wanted === "split" ? "edit" : wanted;
  const files = `${url}/files/`;
  if (state.phase !== "ready") return jsx("div", { ...rest, ref }, jsx(Loading, { state, editing, words }));
  if (!mayEdit) return jsx("div", { ...rest, ref }, jsx(Reading, { state, files, words, at }, children));
  const onMode = (chosen) => {
    keepMode(chosen);
    setWanted(chosen);
  };
  const onFiles = async (found) => editing.say(await storePictures(view, found, { url, language, words }));
  const onSample = () => (editing.written().trim() ? downloadText(sample) : replaceText(view, sample));
  return jsx(
    "div",
    { ...rest, ref, className: "readme" },
    jsx(
      "div",
      { className: "readme__bar" },
      jsx(Modes, { mode, onMode, words }),
      jsx(StateLine, { state, words, at }),
      jsx("span", { className: "grow" }),
      jsx(PictureButton, { onFiles, words }),
      children,
      jsx(Actions, { state, editing, onSample, sample, words }),
    ),
    jsx(Notes, { state, editing, words, at }),
    jsx(Panes, { editing, state, mode, files, words, onView: setView, view, onFiles, empty: words.empty }),
    jsx(Conflict, { conflict: state.conflict, editing, words, at }),
    jsx(LeaveGuard, { active: state.dirty, title: words.leave_title, words: words.leave_words, stay: words.leave_stay, leave: words.leave_leave, onLeave: () => editing.discard() }),
  );
}
