/* A field of a fact that is edited in place. What is typed is told when typing pauses; the form around it carries the
   truth. Enter submits that form, Esc gives the fact up. */
import { useEffect, useRef } from "react";
import { jsx } from "@emotion/react";

const PAUSE_MS = 250;

export function EditField({ kind = "input", focus = false, back, onNote, onCancel, children, ref, ...rest }) {
  const field = useRef(null);
  const timer = useRef(0);
  const tell = useRef(onNote);
  tell.current = onNote;
  useEffect(() => {
    if (focus) {
      field.current.focus();
      field.current.select?.();
    }
    return () => {
      clearTimeout(timer.current);
      if (!focus || !back) return;
      requestAnimationFrame(() => document.activeElement === document.body && document.getElementById(back)?.focus());
    };
  }, [focus, back]);
  const later = (pause) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = 0;
      if (field.current) tell.current(field.current.value);
    }, pause);
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      clearTimeout(timer.current);
      onCancel();
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing && (kind !== "textarea" || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      clearTimeout(timer.current);
      field.current.form?.requestSubmit();
    }
  };
  const onChange = () => later(kind === "select" ? 0 : PAUSE_MS);
  const onBlur = () => timer.current && later(0);
  return jsx(kind, { ...rest, ref: field, onChange, onBlur, onKeyDown, autoComplete: "off" }, children);
}
