/* The body of an answer as it can be read: formatted, raw, played, or byte by byte. Markup is never rendered. */
import { useEffect, useMemo, useRef } from "react";
import { jsx } from "@emotion/react";
import { CodeView } from "./code_view.js";
import { hexDump } from "./hex.js";
import { useWords } from "./words.js";

/** Text that grows at its end while it arrives. */
function Streamed({ answer, size, label }) {
  const box = useRef(null);
  const code = useRef(null);
  const shown = useRef(0);
  const rest = () => answer.texts.slice(shown.current).join("");
  useEffect(() => {
    code.current = new CodeView(box.current, { text: rest(), language: answer.json ? "json" : "text", label, testid: "answer-text" });
    shown.current = answer.texts.length;
    return () => {
      code.current.destroy();
      shown.current = 0;
    };
  }, [answer, label]);
  useEffect(() => {
    if (answer.texts.length === shown.current) return;
    code.current.append(rest(), answer.streams || answer.type === "text/plain");
    shown.current = answer.texts.length;
  }, [answer, size]);
  return jsx("div", { ref: box, className: "editor editor--read trial__answer", "data-testid": "answer-body" });
}

function Whole({ text, language, label }) {
  const box = useRef(null);
  useEffect(() => {
    const code = new CodeView(box.current, { text, language, label, testid: "answer-text" });
    return () => code.destroy();
  }, [text, language, label]);
  return jsx("div", { ref: box, className: "editor editor--read trial__answer", "data-testid": "answer-body" });
}

/** The address of the bytes; a drawing is handed over as data, so that its address opens no page of ours. */
function useAddress(answer, ended) {
  const address = useMemo(() => {
    if (!ended) return "";
    return answer.svg ? `data:image/svg+xml,${encodeURIComponent(answer.text)}` : URL.createObjectURL(answer.blob);
  }, [answer, ended]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return address;
}

const PLAYERS = { image: "img", audio: "audio", video: "video", text: "img" };

function Preview({ answer, ended, label }) {
  const src = useAddress(answer, ended);
  const tag = PLAYERS[answer.kind];
  const more = tag === "img" ? { alt: label } : { controls: true, "aria-label": label };
  return jsx("div", { className: "trial__preview", "data-testid": "answer-preview" }, src ? jsx(tag, { src, ...more }) : null);
}

export function AnswerBody({ answer, mode, pretty, ended }) {
  const [say] = useWords();
  const label = say("response");
  if (ended && !answer.size) return jsx("div", { className: "muted trial__none", "data-testid": "answer-empty" }, say("empty"));
  if (mode === "pretty") return jsx(Whole, { text: pretty, language: "json", label });
  if (mode === "preview") return jsx(Preview, { answer, ended, label });
  if (mode === "hex") return jsx(Whole, { text: hexDump(answer.chunks), language: "text", label });
  return jsx(Streamed, { answer, size: answer.size, label });
}
