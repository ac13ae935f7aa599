/* Says the page's language to the browser, for hyphenation and screen readers. */
import { useEffect } from "react";

export function PageLanguage({ language }) {
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return null;
}
