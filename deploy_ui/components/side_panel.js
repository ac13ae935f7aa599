/* A panel beside the page. Esc follows its link that closes it; where it lies over the page it takes the focus, and
   gives it back. */
import { useEffect, useMemo, useRef } from "react";
import { jsx } from "@emotion/react";
import { mergeRefs } from "$/utils/state";

const OVER_THE_PAGE = "(max-width: 1199px)";
const OWN_ESCAPE = "input, textarea, select, [role=dialog], [role=menu]";

export function SidePanel({ children, ref: outer, ...rest }) {
  const panel = useRef(null);
  const ref = useMemo(() => mergeRefs(panel, outer), [outer]);
  useEffect(() => {
    const before = document.activeElement;
    const own = panel.current;
    if (window.matchMedia(OVER_THE_PAGE).matches) own?.focus({ preventScroll: true });
    const onKey = (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.target.closest?.(OWN_ESCAPE)) return;
      own?.querySelector("[data-closes]")?.click();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      const lost = document.activeElement === document.body || own?.contains(document.activeElement);
      if (lost && before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return jsx("aside", { ...rest, ref, tabIndex: -1 }, children);
}
