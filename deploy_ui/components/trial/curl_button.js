/* Copies a request as a command for a shell: the API writes it, from the same JSON that would be sent. */
import { useState } from "react";
import { jsx } from "@emotion/react";
import { Check, Copy, SquareTerminal } from "lucide-react";
import { copyText } from "$/public/external/deploy_ui/components/copy/copy.js";
import { requestOf } from "./draft.js";
import { Icon, IconButton } from "./widgets.js";

const SAID_MS = 1500;

async function asCommand(url, request) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(request),
  }).catch(() => null);
  if (answer?.ok) return (await answer.json()).command;
  const error = (await answer?.json().catch(() => null))?.error;
  throw Object.assign(new Error(error?.code), {
    code: error?.code ?? "console_unreachable",
    facts: { ...error?.facts, ...(error?.field && { field: error.field }) },
  });
}

/** Returns whether it was just copied, and what copies. */
function useCommand(url, onRefused) {
  const [copied, setCopied] = useState(false);
  const copy = async (request) => {
    try {
      await copyText(await asCommand(url, await request()));
    } catch (error) {
      onRefused(error.code ?? "console_unreachable", error.facts ?? {});
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return [copied, copy];
}

export function CurlButton({ url, draft, maySend, onRefused, label, copiedLabel }) {
  const [copied, copy] = useCommand(url, onRefused);
  return jsx(
    "button",
    { type: "button", className: "btn btn--outline", disabled: !maySend, onClick: () => copy(() => requestOf(draft)), "aria-live": "polite", "data-testid": "curl" },
    jsx(Icon, { as: copied ? Check : Copy, small: false }),
    copied ? copiedLabel : label,
  );
}

/** The same for a request that was sent before; `request` fetches it. */
export function CurlIcon({ url, request, onRefused, label, copiedLabel }) {
  const [copied, copy] = useCommand(url, onRefused);
  return jsx(IconButton, { icon: copied ? Check : SquareTerminal, label: copied ? copiedLabel : label, onClick: () => copy(request), testid: "past-curl" });
}
