/* What stands above a README that is edited: how it is looked at, what is saved, what can be done; and the notes. */
import { useRef } from "react";
import { jsx } from "@emotion/react";
import { Download, GitMerge, History, ImagePlus, TriangleAlert } from "lucide-react";
import { undecided } from "./readme_merge.js";

const MODES = ["edit", "split", "preview"];
const icon = (kind) => jsx(kind, { className: "icon", "aria-hidden": true });

export function Modes({ mode, onMode, words }) {
  const one = (each) => jsx("button", { key: each, type: "button", "aria-pressed": mode === each, onClick: () => onMode(each), "data-testid": `readme-${each}` }, words[each]);
  return jsx("div", { className: "seg readme__modes", role: "group", "aria-label": words.modes }, MODES.map(one));
}

/** "Unsaved · saved 21 Nov 2026, 16:20 by Anna Petrova" */
export function StateLine({ state, words, at }) {
  const { base, dirty, saving } = state;
  const saved = words.saved.replace("{at}", at(base.changed_at)).replace("{by}", () => base.changed_by ?? "");
  const parts = [saving ? words.saving : dirty && words.unsaved, base.changed_at ? saved : words.never_saved].filter(Boolean);
  const line = parts.join(" · ");
  return jsx("span", { className: "small muted readme__state", role: "status", title: line, "data-testid": "readme-state" }, line);
}

export function PictureButton({ onFiles, words }) {
  const input = useRef(null);
  const chosen = (event) => {
    onFiles([...event.target.files]);
    event.target.value = "";
  };
  return jsx(
    "span",
    { className: "contents" },
    jsx("button", { type: "button", className: "iconbtn", title: words.picture, "aria-label": words.picture, onClick: () => input.current.click() }, icon(ImagePlus)),
    jsx("input", { ref: input, type: "file", accept: "image/png,image/jpeg,image/gif,image/webp,image/avif", multiple: true, hidden: true, onChange: chosen, "data-testid": "readme-picture" }),
  );
}

export function Actions({ state, editing, onSample, sample, words }) {
  const { dirty, saving } = state;
  return jsx(
    "span",
    { className: "contents" },
    sample && jsx("button", { type: "button", className: "btn btn--ghost", onClick: onSample, title: words.sample_help, "data-testid": "readme-sample" }, icon(Download), words.sample),
    jsx("button", { type: "button", className: "btn btn--ghost", disabled: !dirty || saving, onClick: () => editing.discard(), "data-testid": "readme-discard" }, words.discard),
    jsx("button", { type: "button", className: "btn btn--primary", disabled: !dirty || saving, onClick: () => editing.save(), "aria-keyshortcuts": "Control+S Meta+S", "data-testid": "readme-save" }, words.save, jsx("kbd", { className: "readme__key" }, words.save_key)),
  );
}

function Note({ look, kind, children, testid, role = "status" }) {
  return jsx("div", { className: `callout callout--${look} callout--center readme__note`, role, "data-testid": testid }, icon(kind), children);
}

const plainButton = (words, onClick, testid) => jsx("button", { type: "button", className: "btn btn--outline btn--s", onClick, "data-testid": testid }, words);

/** What the writer should know before going on. */
export function Notes({ state, editing, words, at }) {
  const { draft, newer, problems, conflict } = state;
  const kept = draft && words.draft.replace("{at}", at(draft.at));
  const other = newer && words.newer.replace("{by}", () => newer.changed_by ?? "").replace("{version}", newer.version).replace("{at}", at(newer.changed_at));
  return jsx(
    "div",
    { className: "readme__notes" },
    draft && jsx(Note, { look: "amber", kind: History, testid: "readme-draft" }, jsx("span", { className: "grow" }, kept), plainButton(words.resume, () => editing.resume(), "draft-resume"), plainButton(words.forget, () => editing.forgetDraft(), "draft-forget")),
    newer && !conflict && jsx(Note, { look: "amber", kind: GitMerge, testid: "readme-newer" }, jsx("span", { className: "grow" }, other), plainButton(words.compare, () => editing.compare(), "readme-compare")),
    undecided(state.text) && jsx(Note, { look: "amber", kind: GitMerge, testid: "readme-undecided" }, jsx("span", { className: "grow" }, words.undecided)),
    problems.length > 0 && jsx(Note, { look: "red", kind: TriangleAlert, role: "alert", testid: "readme-problem" }, jsx("span", { className: "grow" }, problems.map((each) => jsx("span", { key: each, className: "readme__problem" }, each))), plainButton(words.close, () => editing.say([]), "problem-close")),
  );
}
