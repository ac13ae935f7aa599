/* The text of a body. JSON is looked at when typing pauses, and the line that is wrong is marked. */
import { useEffect, useImperativeHandle, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { CodeView, LARGE } from "./code_view.js";
import { jsonProblem } from "./draft.js";
import { useWords } from "./words.js";

const PAUSE_MS = 400;

/** Calls `look` with the newest text when there was none newer for a while. */
function useLook(look) {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (doc) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => look(doc), PAUSE_MS);
  };
}

export function BodyEditor({ language, text, label, wrongLine, onText, onProblem, ref }) {
  const [say] = useWords();
  const box = useRef(null);
  const code = useRef(null);
  const latest = useRef(onText);
  latest.current = onText;
  const [large, setLarge] = useState(false);
  const look = useLook((doc) => language === "json" && onProblem(jsonProblem(doc.toString())));
  useEffect(() => {
    const onChange = (doc) => {
      latest.current(doc);
      setLarge(doc.length > LARGE);
      look(doc);
    };
    const begun = text.toString();
    code.current = new CodeView(box.current, { text: begun, language, label, testid: "body", onChange });
    setLarge(begun.length > LARGE);
    return () => code.current.destroy();
  }, [language, label]);
  useEffect(() => code.current.mark(wrongLine), [wrongLine, language, label]);
  useImperativeHandle(ref, () => ({ fill: (words) => code.current.fill(words) }), []);
  return jsx(
    "div",
    { className: "trial__code" },
    jsx("div", { ref: box, className: "editor trial__body" }),
    large ? jsx("div", { className: "small muted trial__note", "data-testid": "body-plain" }, say("body_plain")) : null,
  );
}
