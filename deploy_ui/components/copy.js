/* A button that copies a text and says so for a moment. Works without HTTPS too, where browsers hide the clipboard. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { Check, Copy } from "lucide-react";

const SAID_MS = 1500;

export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      // not allowed here, or asked too late after the click: the old way may still work
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.cssText = "position:fixed;opacity:0";
  const focused = document.activeElement;
  document.body.appendChild(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus?.({ preventScroll: true });
}

export function CopyButton({ text, label, copiedLabel, withLabel = false, className = "", ref, ...rest }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (event) => {
    event.stopPropagation();
    event.preventDefault();
    await copyText(text ?? "");
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SAID_MS);
  };
  const words = copied ? copiedLabel : label;
  return jsx(
    "button",
    { ref, ...rest, type: "button", className, onClick: copy, title: words, "aria-label": words, "data-copied": copied || undefined },
    jsx(copied ? Check : Copy, { className: "icon", "aria-hidden": true }),
    withLabel ? jsx("span", { "aria-live": "polite" }, words) : null,
  );
}
