/* A published README, read by whoever has the link in the address: nothing of the console is asked or kept. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { Printer } from "lucide-react";
import { Rendered, useStable } from "$/public/external/deploy_ui/components/readme_view/readme_view.js";

const DAY = { day: "numeric", month: "long", year: "numeric" };
const LOCALES = { en: "en-GB" };
const DEAD = 404;

const dataAddress = () => `/api/published/${location.pathname.replace(/\/+$/, "").split("/").pop()}`;

/** `readme` once it is there; `dead` for a link that leads to nothing, `lost` if nobody answers. */
function usePublished(address, tries) {
  const [found, setFound] = useState({});
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      const answer = await fetch(address, { signal: stop.signal, credentials: "omit" });
      if (answer.status === DEAD) return { dead: true };
      return answer.ok ? { readme: await answer.json() } : { lost: true };
    };
    setFound({});
    ask().then(setFound, () => !stop.signal.aborted && setFound({ lost: true }));
    return () => stop.abort();
  }, [address, tries]);
  return found;
}

/** Printed, a document shows everything: what is folded is opened first and folded again afterwards. */
function useWholePrint() {
  useEffect(() => {
    let folded = [];
    const before = () => {
      folded = [...document.querySelectorAll(".published details:not([open])")];
      for (const each of folded) each.open = true;
    };
    const after = () => folded.forEach((each) => (each.open = false));
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);
}

function Head({ readme, language, words }) {
  const at = new Intl.DateTimeFormat(LOCALES[language] ?? language, DAY).format(new Date(readme.changed_at));
  const print = jsx(
    "button",
    { type: "button", className: "iconbtn", title: words.print, "aria-label": words.print, onClick: () => window.print(), "data-testid": "print" },
    jsx(Printer, { className: "icon", "aria-hidden": true }),
  );
  return jsx(
    "header",
    { className: "published__head" },
    jsx("span", { className: "strong ellipsis", title: readme.title, "data-testid": "published-title" }, readme.title),
    jsx("span", { className: "published__changed small muted" }, words.changed.replace("{at}", () => at)),
    print,
  );
}

function Body({ readme, files, words }) {
  if (!readme.text.trim()) return jsx("p", { className: "muted" }, words.blank);
  return jsx(Rendered, { text: readme.text, files, words });
}

export function PublishedReadme({ language = "en", words: given, children, ref, ...rest }) {
  const words = useStable(given);
  const [address] = useState(dataAddress);
  const [tries, setTries] = useState(0);
  const { readme, dead, lost } = usePublished(address, tries);
  const title = readme?.title;
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);
  useWholePrint();
  if (dead) return jsx("main", { ...rest, ref, className: "published published--dead" }, children);
  if (lost) {
    const again = jsx("button", { type: "button", className: "btn btn--outline", onClick: () => setTries(tries + 1) }, words.again);
    return jsx("main", { ...rest, ref, className: "published" }, jsx("div", { className: "readme__failed", role: "alert" }, jsx("p", null, words.lost), again));
  }
  if (!readme) return jsx("main", { ...rest, ref, className: "published", "aria-busy": true });
  return jsx(
    "main",
    { ...rest, ref, className: "published" },
    jsx(Head, { readme, language, words }),
    jsx("article", { className: "published__text", "data-testid": "published-text" }, jsx(Body, { readme, files: `${address}/files/`, words })),
  );
}
