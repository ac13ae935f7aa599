/* What the request form does in the browser: copy as cURL (what was typed goes to the API, not through the page's
   socket), write the body again, save the answer. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { Check, Copy } from "lucide-react";
import { copyText } from "./copy.js";

const SAID_MS = 1500;
const LONGEST_CHECKED = 200000;

/** The request that a form's fields mean, as the API takes it. */
function requestOf(form) {
  const data = new FormData(form);
  const headers = [...data.keys()]
    .map((name) => /^header-(\d+)-name$/.exec(name))
    .filter(Boolean)
    .map(([name, number]) => [data.get(name).trim(), (data.get(`header-${number}-value`) ?? "").trim()])
    .filter(([name]) => name);
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const text = data.get("body") ?? "";
  const kind = text ? (type.toLowerCase().includes("json") ? "json" : "text") : "none";
  return { method: data.get("method"), path: data.get("path").trim(), headers, kind, text };
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

/** Writes the JSON in a field of the form again, with a line for every value; says where it is broken. */
export function FormatButton({ field, children, onFailure, ref, ...rest }) {
  const format = (event) => {
    const area = event.currentTarget.closest("form").elements[field];
    try {
      const detail = JSON.stringify(JSON.parse(area.value), null, 2);
      area.dispatchEvent(new CustomEvent("fill", { detail }));
    } catch {
      onFailure(area.value.slice(0, LONGEST_CHECKED));
    }
  };
  return jsx("button", { ref, ...rest, type: "button", onClick: format }, children);
}

/** Saves a text as a file. */
export function SaveButton({ text, filename, label, children, ref, ...rest }) {
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text]));
    link.download = filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
  };
  return jsx("button", { ref, ...rest, type: "button", onClick: save, title: label, "aria-label": label }, children);
}
