/* Asks before a page with unsaved changes is left: by a link, the back button, a reload or a closed tab. */
import { useEffect, useRef } from "react";
import { jsx } from "@emotion/react";
import { Dialog } from "@radix-ui/themes";
import { useBlocker } from "react-router";

export function LeaveGuard({ active, title, words, stay, leave, onLeave }) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => active && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (!active) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [active]);
  const leaving = useRef(false);
  useEffect(() => {
    if (blocker.state === "unblocked") leaving.current = false;
    if (blocker.state === "blocked" && !active && !leaving.current) blocker.proceed(); // saved or discarded meanwhile
  }, [active, blocker]);
  const go = () => {
    leaving.current = true;
    blocker.proceed();
    onLeave();
  };
  const open = blocker.state === "blocked";
  return jsx(
    Dialog.Root,
    { open, onOpenChange: (now) => !now && blocker.reset?.() },
    jsx(
      Dialog.Content,
      { className: "dialog", role: "alertdialog" },
      jsx(Dialog.Title, { className: "dialog__title" }, title),
      jsx(Dialog.Description, { className: "dialog__words" }, words),
      jsx(
        "div",
        { className: "dialog__foot" },
        jsx("button", { type: "button", className: "btn btn--outline", onClick: () => blocker.reset(), "data-testid": "stay" }, stay),
        jsx("button", { type: "button", className: "btn btn--red", onClick: go, "data-testid": "leave" }, leave),
      ),
    ),
  );
}
