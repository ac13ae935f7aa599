/* The line on top: the method, the fixed address, the path, and what sends or breaks off. */
import { jsx } from "@emotion/react";
import { Send, X } from "lucide-react";
import { CurlButton } from "./curl_button.js";
import { isRunning } from "./exchange.js";
import { Icon, Wrong } from "./widgets.js";
import { useWords } from "./words.js";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

function SendButton({ running, maySend, onCancel }) {
  const [say] = useWords();
  const cancel = (event) => {
    event.preventDefault();
    onCancel();
  };
  if (running)
    return jsx("button", { key: "cancel", type: "button", className: "btn btn--outline trial__send", onClick: cancel, "data-testid": "cancel" }, jsx(Icon, { as: X, small: false }), say("cancel"));
  return jsx(
    "button",
    { key: "send", type: "submit", className: "btn btn--primary trial__send", disabled: !maySend, title: maySend ? undefined : say("viewer"), "data-testid": "send" },
    jsx(Icon, { as: Send, small: false }),
    say("send"),
    jsx("span", { className: "btn__kbd only-wide", "aria-hidden": true }, "Ctrl ⏎"),
  );
}

function Address({ base, draft, change, wrong }) {
  const [say] = useWords();
  const set = (name) => (event) => change({ [name]: event.target.value });
  return jsx(
    "div",
    { className: `requestbar__group grow${wrong ? " requestbar__group--error" : ""}` },
    jsx(
      "select",
      { className: "requestbar__method", value: draft.method, onChange: set("method"), "aria-label": say("method"), "data-testid": "method" },
      METHODS.map((each) => jsx("option", { key: each, value: each }, each)),
    ),
    jsx("span", { className: "requestbar__base", title: base }, base),
    jsx("input", {
      className: "requestbar__path",
      value: draft.path,
      onChange: set("path"),
      "aria-label": say("path"),
      "aria-invalid": Boolean(wrong),
      spellCheck: false,
      autoComplete: "off",
      "data-testid": "path",
    }),
  );
}

export function RequestBar({ base, curlUrl, draft, change, exchange, maySend, wrong, onRefused }) {
  const [say] = useWords();
  const running = isRunning(exchange.state);
  return jsx(
    "div",
    { className: "requestbar" },
    jsx(Address, { base, draft, change, wrong }),
    jsx(SendButton, { running, maySend, onCancel: exchange.cancel }),
    jsx(CurlButton, { url: curlUrl, draft, maySend, onRefused, label: say("curl"), copiedLabel: say("copied") }),
    wrong ? jsx(Wrong, { testid: "wrong-path" }, wrong) : null,
  );
}
