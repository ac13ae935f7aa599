/* The text of a file, fetched when it is shown and as far as it is wanted; whatever is no text says so. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { CodeEditor } from "$/public/external/deploy_ui/components/code_editor/code_editor.js";

/** Reads at most `limit` bytes of an answer, and lets go of the rest. */
async function beginning(answer, limit) {
  const reader = answer.body.getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { pieces, cut: false };
    pieces.push(size + value.length > limit ? value.subarray(0, limit - size) : value);
    size += value.length;
    if (size > limit) {
      reader.cancel();
      return { pieces, cut: true };
    }
  }
}

/** Returns `{ text, cut }`, or `{ problem }`: `binary`, or `gone` for what cannot be had. */
export async function readText(url, limit, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) return { problem: "gone" };
  const { pieces, cut } = await beginning(answer, limit);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + (cut ? "" : decoder.decode());
    return text.includes("\0") ? { problem: "binary" } : { text, cut };
  } catch {
    return { problem: "binary" };
  }
}

/** Reads a text; null until it came. An empty address is an empty text. */
export function useText(url, limit) {
  const [read, setRead] = useState(null);
  useEffect(() => {
    const over = new AbortController();
    setRead(url ? null : { text: "", cut: false });
    if (url) {
      readText(url, limit, over.signal)
        .catch(() => ({ problem: "gone" }))
        .then((found) => over.signal.aborted || setRead(found));
    }
    return () => over.abort();
  }, [url, limit]);
  return read;
}

export function FileText({ url, limit, language, label, wrongLine, words, ref, ...rest }) {
  const read = useText(url, limit);
  const note = (text) => jsx("div", { className: "filetext__note small muted" }, text);
  const shown = () => {
    if (!read) return jsx("div", { className: "filetext__wait", "aria-busy": true });
    if (read.problem) return note(words[read.problem]);
    if (!read.text) return note(words.empty);
    return [
      jsx(CodeEditor, { key: "text", value: read.text, language, label, wrongLine, readOnly: true }),
      read.cut && jsx("div", { key: "cut", className: "filetext__note filetext__note--cut small muted" }, words.cut),
    ];
  };
  return jsx("div", { ...rest, ref }, shown());
}
