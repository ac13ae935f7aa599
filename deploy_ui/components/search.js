/* A search field that keeps what is typed in the browser and tells the server when typing pauses. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { X } from "lucide-react";

const PAUSE_MS = 200;

export function SearchField({ value = "", placeholder, clearLabel, onChange, children, className, ref, ...rest }) {
  const [typed, setTyped] = useState(value);
  const input = useRef(null);
  const timer = useRef(0);
  const told = useRef(value);
  useEffect(() => {
    if (value !== told.current) setTyped(value); // the server's own change, such as a cleared filter
    told.current = value;
  }, [value]);
  useEffect(() => {
    const onKey = (event) => {
      const busy = event.target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog]");
      if (event.key !== "/" || busy || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      clearTimeout(timer.current);
    };
  }, []);
  const tell = (text, pause) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = text;
      onChange(text);
    }, pause);
  };
  return jsx(
    "label",
    { className },
    children,
    jsx("input", {
      ...rest,
      ref: input,
      type: "text",
      role: "searchbox",
      className: "field__value",
      value: typed,
      placeholder,
      "aria-label": placeholder,
      onChange: (event) => tell(event.target.value, PAUSE_MS),
      onKeyDown: (event) => event.key === "Escape" && typed && tell("", 0),
    }),
    typed
      ? jsx("button", { type: "button", className: "iconbtn iconbtn--s field__end", "aria-label": clearLabel, title: clearLabel, onClick: () => tell("", 0) }, jsx(X, { className: "icon icon--s" }))
      : jsx("span", { className: "kbd only-wide", "aria-hidden": true }, "/"),
  );
}
