/* What was typed into a form, kept for this tab until it is sent or given up. Fields marked data-private are not kept. */

const PREFIX = "draft:";
const FILLED = "filled:";

function named(form) {
  return [...form.elements].filter((each) => each.name && each.type !== "file" && each.type !== "submit");
}

/** The words in a form, by field. */
export function wordsOf(form, fields) {
  const words = {};
  for (const each of named(form)) {
    if ("private" in each.dataset || (each.type === "radio" && !each.checked)) continue;
    words[each.name] = each.value;
  }
  for (const field of fields) Object.assign(words, field.current.words?.());
  return words;
}

/** Puts words into the native fields of a form. */
export function fillNative(form, words) {
  for (const each of named(form)) {
    if (!(each.name in words)) continue;
    if (each.type === "radio") each.checked = each.value === words[each.name];
    else each.value = words[each.name];
  }
}

export function keepDraft(name, words) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(words));
  } catch {
    /* too large for the tab's storage: it is kept as it was */
  }
}

export function keptDraft(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export function dropDraft(name) {
  sessionStorage.removeItem(PREFIX + name);
  sessionStorage.removeItem(FILLED + name);
}

/** Says whether a form of this name was not yet filled with this, and remembers that it is now. */
export function firstFilling(name, id) {
  if (sessionStorage.getItem(FILLED + name) === id) return false;
  sessionStorage.setItem(FILLED + name, id);
  return true;
}
