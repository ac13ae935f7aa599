/* The request form's own keys and its copy as cURL: what was typed goes to the API, not through the page's socket. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { Check, Copy } from "lucide-react";
import { copyText } from "./copy.js";

const SAID_MS = 1500;

/** The request that a form's fields mean, as the API takes it. */
function requestOf(form) {
  const data = new FormData(form);
  const headers = [...data.keys()]
    .map((name) => /^header-(\d+)-name$/.exec(name))
    .filter(Boolean)
    .map(([name, number]) => ({ name: data.get(name).trim(), value: (data.get(`header-${number}-value`) ?? "").trim() }))
    .filter((each) => each.name);
  return { method: data.get("method"), path: data.get("path").trim(), headers, body: data.get("body") ?? "" };
}

export function CurlButton({ url, label, copiedLabel, onFailure, ref, ...rest }) {
  const [copied, setCopied] = useState(false);
  const copy = async (event) => {
    const form = event.currentTarget.closest("form");
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(requestOf(form)),
    }).catch(() => null);
    if (!answer?.ok) {
      const error = (await answer?.json().catch(() => null))?.error;
      return onFailure(error?.code ?? "console_unreachable", { ...error?.facts, ...(error?.field && { field: error.field }) });
    }
    await copyText((await answer.json()).command);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  const words = copied ? copiedLabel : label;
  return jsx(
    "button",
    { ref, ...rest, type: "button", onClick: copy, "aria-live": "polite" },
    jsx(copied ? Check : Copy, { className: "icon", "aria-hidden": true }),
    words,
  );
}

/** A text field of the form in which Ctrl+Enter sends and Tab indents. */
export function BodyField({ ref, ...rest }) {
  const press = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.currentTarget.form.requestSubmit();
    }
  };
  return jsx("textarea", { ...rest, ref, onKeyDown: press, spellCheck: false, autoComplete: "off" });
}
