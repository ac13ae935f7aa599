/* The files of a form: dropped or chosen, one by one, as a folder or as an archive. */
import { useCallback, useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { Box, Braces, FileArchive, FileCode, FileText, Upload, X } from "lucide-react";
import { sizeWords } from "./amounts.js";
import { chosen, dropped, isArchive } from "./dropped.js";
import { useFormField } from "./form_fields.js";

const SHOWN = 200;
const ICONS = [[/\.py$/, FileCode], [/\.(json|ya?ml|toml)$/, Braces], [/\.(txt|md|csv)$/, FileText]];
const kept = new Map();

const glyph = (Icon, small) => jsx(Icon, { className: small ? "icon icon--s" : "icon", "aria-hidden": true });
const iconOf = ({ path, unpack }) => (unpack ? FileArchive : (ICONS.find(([ending]) => ending.test(path))?.[1] ?? Box));
const sumOf = (items) => items.reduce((sum, { file }) => sum + file.size, 0);

/** How many bytes of each file were sent: files come last in the body, in their order. */
function sentOf(items, progress) {
  let left = Math.max(0, progress.loaded - Math.max(0, progress.total - sumOf(items)));
  return items.map(({ file }) => {
    const sent = Math.min(file.size, left);
    left -= sent;
    return sent;
  });
}

function Row({ item, sent, words, language, remove, toggle }) {
  const { path, file, unpack } = item;
  const size = sizeWords(file.size, language);
  const sending = sent !== undefined && sent < file.size;
  return jsx(
    "div",
    { className: "filerow", "data-testid": "file" },
    glyph(iconOf(item)),
    jsx("span", { className: "mono ellipsis", title: path }, path),
    isArchive(path)
      ? jsx("button", { type: "button", className: "btn btn--ghost btn--s filerow__how", disabled: sent !== undefined, onClick: toggle, "data-testid": "unpack" }, unpack ? words.unpacked : words.as_it_is)
      : null,
    jsx("span", { className: "size" }, sending && sent > 0 ? `${sizeWords(sent, language)} / ${size}` : size),
    sent === undefined ? null : jsx("span", { className: "progress" }, jsx("i", { style: { width: `${file.size ? (100 * sent) / file.size : 100}%` } })),
    jsx(
      "button",
      { type: "button", className: "iconbtn iconbtn--s", disabled: sent !== undefined, "aria-label": `${words.remove}: ${path}`, title: words.remove, onClick: remove },
      glyph(X, true),
    ),
  );
}

function Chooser({ label, folder, take, disabled }) {
  const input = useRef(null);
  const onChange = (event) => {
    take(chosen(event.target));
    event.target.value = "";
  };
  const more = folder ? { webkitdirectory: "" } : {};
  return jsx(
    "span",
    {},
    jsx("button", { type: "button", className: "textbtn", disabled, onClick: () => input.current.click() }, label),
    jsx("input", { ref: input, type: "file", multiple: true, hidden: true, onChange, "data-testid": folder ? "choose-folder" : "choose-files", ...more }),
  );
}

/** Files may be dropped anywhere on the page but on an editor, which takes their text. */
function useDrop(take) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const forUs = (event) => event.dataTransfer?.types.includes("Files") && !event.target.closest?.(".cm-editor");
    const onOver = (event) => {
      if (!forUs(event)) return setOver(false);
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event) => event.relatedTarget || setOver(false);
    const onDrop = async (event) => {
      setOver(false);
      if (!forUs(event)) return;
      event.preventDefault();
      take(await dropped(event.dataTransfer));
    };
    const listeners = { dragover: onOver, dragleave: onLeave, drop: onDrop };
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener);
    };
  }, [take]);
  return over;
}

const decoded = ([path, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return { path, file: new File([bytes], path.split("/").at(-1)), unpack: false, given: true };
};

/** Newer files take the place of those of the same path. */
function merged(items, news) {
  const paths = new Set(news.map(({ path }) => path));
  return [...items.filter(({ path }) => !paths.has(path)), ...news];
}

export function FileDrop({ name, archiveName, limit, entries, words, language, error, ref, ...rest }) {
  const [items, setItems] = useState(() => kept.get(name) ?? []);
  const [passedOver, setPassedOver] = useState(0);
  useEffect(() => {
    kept.set(name, items);
  }, [name, items]);
  const take = useCallback((news) => {
    setPassedOver(news.passedOver);
    setItems((before) => merged(before, news.files.map((each) => ({ ...each, unpack: isArchive(each.path) }))));
  }, []);
  const total = sumOf(items);
  const tooLarge = total > limit;
  const form = useFormField({
    append: (body) => {
      for (const { path, file, unpack } of items) body.append(unpack ? archiveName : name, file, path);
    },
    fill: (_, files) => setItems((before) => merged(before.filter(({ given }) => !given), Object.entries(files).map(decoded))),
    forget: () => kept.delete(name),
    problem: ({ kind, script }) => {
      if (tooLarge) return { code: "upload_too_large", facts: { limit_mb: Math.floor(limit / 1024 ** 2) } };
      const wanted = entries[kind] ?? [];
      const there = script?.trim() || items.some(({ path, unpack }) => unpack || wanted.includes(path));
      return wanted.length && !there ? { code: "script_wanted", facts: { field: "script", entry: wanted[0] } } : null;
    },
  });
  const over = useDrop(take);
  const sent = form?.progress && sentOf(items, form.progress);
  const change = (at, next) => setItems((before) => before.flatMap((each, index) => (index === at ? next : [each])));
  const row = (item, at) =>
    jsx(Row, {
      key: item.path,
      item,
      sent: sent?.[at],
      words,
      language,
      remove: () => change(at, []),
      toggle: () => change(at, [{ ...item, unpack: !item.unpack }]),
    });
  const list = jsx(
    "div",
    { className: "files files--long" },
    items.slice(0, SHOWN).map(row),
    items.length > SHOWN ? jsx("div", { className: "filerow muted" }, `+ ${items.length - SHOWN}`) : null,
  );
  const summary = jsx(
    "div",
    { className: "row small muted" },
    jsx("span", { className: tooLarge ? "redtext" : "", "data-testid": "files-total" }, `${words.together}: ${items.length}, ${sizeWords(total, language)}`),
    passedOver ? jsx("span", {}, `${words.passed_over}: ${passedOver}`) : null,
    jsx("span", { className: "grow" }),
    jsx("button", { type: "button", className: "textbtn", disabled: !!sent, onClick: () => setItems([]) }, words.remove_all),
  );
  const choose = (label, folder) => jsx(Chooser, { label, folder, take, disabled: !!sent });
  const zone = jsx(
    "div",
    { className: "drop", "data-over": over || undefined },
    glyph(Upload),
    jsx("span", {}, words.drop, " ", choose(words.choose_files, false), " · ", choose(words.choose_folder, true)),
  );
  return jsx("div", { ...rest, ref, className: "filedrop" }, items.length ? list : null, items.length > 1 || passedOver ? summary : null, zone);
}
