/* A button that saves a text of the page as a file. */
import { jsx } from "@emotion/react";
import { Download } from "lucide-react";

export function SaveText({ text, fileName, label, ref, ...rest }) {
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
  };
  return jsx("button", { ...rest, ref, type: "button", "aria-label": label, title: label, onClick: save }, jsx(Download, { className: "icon" }));
}
