/* Whether the window is as narrow as a media query says, followed while it is resized. */
import { useEffect, useState } from "react";

export function useNarrow(query) {
  const [narrow, setNarrow] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const asked = window.matchMedia(query);
    const look = () => setNarrow(asked.matches);
    asked.addEventListener("change", look);
    return () => asked.removeEventListener("change", look);
  }, [query]);
  return narrow;
}
