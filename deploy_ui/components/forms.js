/* Forms that the browser posts by itself, because the answer sets or ends the session's cookie. */
import { useState } from "react";
import { jsx } from "@emotion/react";

async function send(action, method, body) {
  try {
    const answer = await fetch(action, {
      method,
      headers: { "content-type": "application/json", accept: "application/json" },
      body: body && JSON.stringify(body),
    });
    if (answer.ok) return null;
    const { error } = await answer.json();
    return { code: error.code, facts: error.facts ?? {} };
  } catch {
    return { code: "console_unreachable", facts: {} };
  }
}

/** Where `?next=` leads, if it stays in the console. */
function nextAddress(fallback) {
  const wanted = new URLSearchParams(location.search).get("next") ?? "";
  const address = new URL(wanted.startsWith("/") ? wanted : fallback, location.origin);
  return address.origin === location.origin ? address.pathname + address.search : fallback;
}

/** The tab's state belonged to who was here before: the next page starts with a new one. */
function startAfresh(address, keeps = () => false) {
  for (const key of Object.keys(sessionStorage)) if (!keeps(key)) sessionStorage.removeItem(key);
  location.assign(address);
}

/** What somebody typed before their session ended; a draft's name holds whose it is. */
const isDraft = (key) => key.startsWith("draft:");

export function PostForm({ action, then, fragmentName, onFailure, children, ref, ...rest }) {
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const body = Object.fromEntries(new FormData(event.currentTarget));
    if (fragmentName) body[fragmentName] = location.hash.slice(1);
    const failure = await send(action, "POST", body);
    if (!failure) return startAfresh(nextAddress(then), isDraft);
    setBusy(false);
    onFailure(failure.code, failure.facts);
  };
  // "dialog": until this script runs the form does nothing; a browser's own way would put what was typed into the address
  return jsx("form", { ...rest, ref, method: "dialog", onSubmit: submit, noValidate: true, "aria-busy": busy, "data-busy": busy || undefined }, children);
}

export function LeaveButton({ action, then, children, ref, ...rest }) {
  const leave = async () => {
    await send(action, "DELETE");
    startAfresh(then);
  };
  return jsx("button", { ...rest, ref, type: "button", onClick: leave }, children);
}

export function PasswordField({ showLabel, className, children, ref, ...rest }) {
  const [shown, setShown] = useState(false);
  return jsx(
    "span",
    { className },
    jsx("input", { ...rest, ref, type: shown ? "text" : "password", className: "field__value" }),
    jsx(
      "button",
      { type: "button", className: "iconbtn iconbtn--s field__end", "aria-label": showLabel, title: showLabel, "aria-pressed": shown, onClick: () => setShown(!shown) },
      children,
    ),
  );
}

/** Shows its children only when the address has a #fragment, else the fallback. */
export function WithFragment({ fallback, children }) {
  const has = typeof location === "undefined" || location.hash.length > 1;
  return has ? children : fallback;
}
