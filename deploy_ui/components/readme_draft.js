/* What was written into a README and is not saved, kept in this browser for the person until it is saved or given up. */

const PREFIX = "readme:";
const MODE = "readme-mode";

const name = (person, url) => `${PREFIX}${person}:${url}`;

/** Keeps a text and the version it was written on; says whether there was room. */
export function keep(person, url, text, version) {
  try {
    localStorage.setItem(name(person, url), JSON.stringify({ text, version, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function kept(person, url) {
  try {
    const found = JSON.parse(localStorage.getItem(name(person, url)));
    return typeof found?.text === "string" ? found : null;
  } catch {
    return null;
  }
}

export function drop(person, url) {
  localStorage.removeItem(name(person, url));
}

/** How this browser looks at READMEs: `edit`, `split` or `preview`. */
export const keptMode = () => localStorage.getItem(MODE);
export const keepMode = (mode) => localStorage.setItem(MODE, mode);
