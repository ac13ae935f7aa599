/* Files of an image: each can be downloaded, and opened in place if it may be text. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { Box, Braces, ChevronDown, ChevronRight, Download, FileCode, FileText as Page, List } from "lucide-react";
import { sizeWords } from "$/public/external/deploy_ui/components/amounts/amounts.js";
import { FileText } from "$/public/external/deploy_ui/components/file_text/file_text.js";

const SHOWN_BYTES = 256 * 1024;
const ICONS = { py: FileCode, ipynb: FileCode, sh: FileCode, json: Braces, yaml: Braces, yml: Braces, toml: Braces, md: Page, txt: Page, csv: Page };
const NO_TEXT = new Set(
  "onnx pt pth bin safetensors ckpt h5 hdf5 keras pb tflite gguf ggml pkl pickle joblib npy npz parquet feather arrow cbm ubj model zip gz bz2 xz zst tar tgz whl 7z png jpg jpeg gif webp avif ico bmp tiff mp3 wav flac ogg mp4 webm avi mov pdf so dll dylib exe pyc woff woff2 ttf otf db sqlite".split(" "),
);

const ending = (path) => (path.includes(".") ? path.slice(path.lastIndexOf(".") + 1).toLowerCase() : "");
const address = (base, path) => `${base}${path.split("/").map(encodeURIComponent).join("/")}`;
const languageOf = (path) => ({ py: "python", json: "json", ipynb: "json" })[ending(path)] ?? "text";

function FileRow({ path, size, base, language, words }) {
  const [isOpen, setOpen] = useState(false);
  const Icon = path === "requirements.txt" ? List : (ICONS[ending(path)] ?? Box);
  const name = jsx("span", { className: "mono ellipsis", title: path }, path);
  const opens = base && !NO_TEXT.has(ending(path));
  const Turn = isOpen ? ChevronDown : ChevronRight;
  const label = opens
    ? jsx("button", { type: "button", className: "filerow__open", "aria-expanded": isOpen, onClick: () => setOpen(!isOpen) }, name, jsx(Turn, { className: "icon icon--s" }))
    : name;
  const link = base && jsx("a", { href: address(base, path), download: true, className: "iconbtn iconbtn--s", "aria-label": `${words.download}: ${path}`, title: words.download }, jsx(Download, { className: "icon" }));
  return [
    jsx("div", { key: "row", className: "filerow filerow--read", "data-testid": "file", "data-path": path }, jsx(Icon, { className: "icon" }), label, jsx("span", { className: "size" }, sizeWords(size, language)), link),
    isOpen && jsx(FileText, { key: "text", className: "filetext", url: address(base, path), limit: SHOWN_BYTES, language: languageOf(path), label: path, words, "data-testid": "file-text" }),
  ];
}

export function FileList({ files, base, language, words, children, ref, ...rest }) {
  const rows = files.map(({ path, size }) => jsx(FileRow, { key: path, path, size, base, language, words }));
  return jsx("div", { ...rest, ref }, rows, children);
}
