/* Notices in the corner: the newest on top, gone after a while; errors stay until they are closed. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { CircleAlert, CircleCheck, X } from "lucide-react";

const STAY_MS = 6000;
const KEPT = 3;

export function Notices({ number, kind, words, closeLabel, ref, ...rest }) {
  const [shown, setShown] = useState([]);
  const seen = useRef(number);
  const close = (id) => setShown((all) => all.filter((each) => each.id !== id));
  useEffect(() => {
    if (number === seen.current) return;
    seen.current = number;
    if (!words) return;
    setShown((all) => [{ id: number, kind, words }, ...all].slice(0, KEPT));
    if (kind !== "error") setTimeout(() => close(number), STAY_MS);
  }, [number, kind, words]);
  return jsx(
    "div",
    { ref, ...rest, className: "notices", "aria-live": "polite" },
    shown.map((each) =>
      jsx(
        "div",
        { key: each.id, className: `notice notice--${each.kind}`, role: each.kind === "error" ? "alert" : "status" },
        jsx(each.kind === "error" ? CircleAlert : CircleCheck, { className: "icon", "aria-hidden": true }),
        jsx("span", { className: "notice__words" }, each.words),
        jsx(
          "button",
          { type: "button", className: "iconbtn iconbtn--s", "aria-label": closeLabel, onClick: () => close(each.id) },
          jsx(X, { className: "icon icon--s", "aria-hidden": true }),
        ),
      ),
    ),
  );
}
