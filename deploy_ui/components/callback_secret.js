/* The secret of a deployment's callbacks: asked of the API when somebody wants it, so that it is in no page's state. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { Check, Copy, Eye, EyeOff } from "lucide-react";
import { copyText } from "./copy.js";

const SAID_MS = 1500;
const HIDDEN = "whsec_" + "•".repeat(20);

export function CallbackSecret({ url, version, words, children, onFailure, ref, ...rest }) {
  const [secret, setSecret] = useState("");
  const [copied, setCopied] = useState(false);
  const place = useRef("");
  const timer = useRef(0);
  place.current = `${url} ${version}`;
  useEffect(() => setSecret(""), [url, version]); // another deployment's, or replaced: what was shown is wrong
  useEffect(() => () => clearTimeout(timer.current), []);

  const fetched = async () => {
    const asked = place.current;
    const answer = await fetch(url, { headers: { accept: "application/json" }, cache: "no-store" }).catch(() => null);
    const body = await answer?.json().catch(() => null);
    if (asked !== place.current) return "";
    if (!answer?.ok || !body) {
      onFailure(body?.error?.code ?? "console_unreachable", body?.error?.facts ?? {});
      return "";
    }
    return body.secret;
  };
  const show = async () => setSecret(secret ? "" : await fetched());
  const copy = async () => {
    const text = await fetched(); // even if it is shown: somebody else may have replaced it
    if (!text) return;
    await copyText(text);
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SAID_MS);
  };

  const button = (icon, label, props) =>
    jsx("button", { type: "button", className: "btn btn--outline", ...props }, jsx(icon, { className: "icon", "aria-hidden": true }), label);
  return jsx(
    "div",
    { ...rest, ref, className: "secret__row" },
    jsx("code", { className: "secret__value", "data-testid": "callback-secret", "aria-label": secret ? undefined : words.hidden }, secret || HIDDEN),
    button(secret ? EyeOff : Eye, secret ? words.hide : words.show, { onClick: show, "data-testid": "show-callback-secret" }),
    button(copied ? Check : Copy, copied ? words.copied : words.copy, { onClick: copy, "aria-live": "polite", "data-testid": "copy-callback-secret" }),
    children,
  );
}
