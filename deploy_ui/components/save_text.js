/* A button that saves a text of the page as a file. */
import { jsx } from "@emotion/react";
import { Download } from "lucide-react";
import { saveBlob } from "./save_blob.js";

export function SaveText({ text, fileName, label, ref, ...rest }) {
  const save = () => saveBlob(new Blob([text], { type: "text/plain" }), fileName);
  return jsx("button", { ...rest, ref, type: "button", "aria-label": label, title: label, onClick: save }, jsx(Download, { className: "icon" }));
}
