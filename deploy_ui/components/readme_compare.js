/* What changed between two versions of a README. The texts come from the API and go nowhere else. */
import { useEffect, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import { showDiff } from "$/public/external/deploy_ui/components/text_diff/text_diff.js";

async function read(url, signal) {
  const answer = await fetch(url, { headers: { accept: "application/json" }, signal });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).text;
}

/** Both texts once they are there; `failed` if one of them is not. */
function useTexts(older, newer) {
  const [found, setFound] = useState({});
  useEffect(() => {
    const stop = new AbortController();
    setFound({});
    Promise.all([older, newer].map((url) => read(url, stop.signal))).then(
      (texts) => setFound({ texts }),
      () => !stop.signal.aborted && setFound({ failed: true }),
    );
    return () => stop.abort();
  }, [older, newer]);
  return found;
}

export function ReadmeCompare({ older, newer, words, ref, ...rest }) {
  const box = useRef(null);
  const { texts, failed } = useTexts(older, newer);
  const differ = texts && texts[0] !== texts[1];
  useEffect(() => (differ ? showDiff(box.current, ...texts, { label: `${words.theirs} – ${words.mine}`, words, wrap: true }) : undefined), [texts, words.theirs, words.mine]);
  if (failed) return jsx("p", { ...rest, ref, role: "alert" }, words.lost);
  if (!texts) return jsx("div", { ...rest, ref, className: "readme__loading", "aria-busy": true });
  if (!differ) return jsx("p", { ...rest, ref, className: "muted" }, words.same);
  const titles = jsx("div", { className: "readme-compare__titles small muted" }, jsx("span", null, words.theirs), jsx("span", null, words.mine));
  return jsx("div", { ...rest, ref, className: "readme-compare" }, titles, jsx("div", { ref: box, className: "readme-compare__texts editor editor--read diff" }));
}
