/* The keys of a log, wherever the focus is on its page: / and Ctrl F search, n and N go on, End follows. */
import { useEffect, useRef } from "react";

const BUSY = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]";

export function useLogKeys(handlers) {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    const onKey = (event) => {
      const { focus, step, follow, leave } = latest.current;
      const ctrl = event.ctrlKey || event.metaKey;
      const busy = event.target.closest?.(BUSY);
      const act = ctrl
        ? { f: busy ? null : focus }[event.key.toLowerCase()]
        : busy || event.altKey
          ? null
          : { "/": focus, n: () => step(1), N: () => step(-1), End: follow, Escape: leave }[event.key];
      if (!act) return;
      if (event.key !== "End") event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
