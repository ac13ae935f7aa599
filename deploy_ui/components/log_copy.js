/* What a reader copies from a log: whole lines with their times, whether they are on the screen or not. */
import { plain } from "./log_text.js";
import { momentOf } from "./log_time.js";

function asText({ ms, instance, level, text, stream }, utc) {
  const word = stream === "platform" || !level ? "" : level.toUpperCase();
  return [momentOf(ms, utc), instance, word, plain(text)].filter(Boolean).join(" ");
}

/** Returns the shown lines from one sequence number to another, both included. */
export function linesBetween(store, from, to, utc) {
  const found = [];
  for (let at = store.indexOf(from); at < store.count && store.seqAt(at) <= to; at += 1) found.push(asText(store.line(store.seqAt(at)), utc));
  return found.join("\n");
}

/** What is picked, or else all that is shown. */
export function wantedText({ store, picked }, utc) {
  if (picked) return linesBetween(store, Math.min(...picked), Math.max(...picked), utc);
  return linesBetween(store, store.first, store.next, utc);
}

const seqOf = (node) => Number((node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest("[data-seq]")?.dataset.seq ?? NaN);

/** A selection by mouse over several lines is copied as lines; one inside a line is the browser's to copy. */
export function copySelection(event, { store, picked }, utc) {
  const selection = getSelection();
  const ends = [seqOf(selection.anchorNode), seqOf(selection.focusNode)];
  if (selection.isCollapsed && picked) ends.splice(0, 2, ...picked);
  else if (selection.isCollapsed || ends[0] === ends[1] || ends.some(Number.isNaN)) return;
  event.clipboardData.setData("text/plain", linesBetween(store, Math.min(...ends), Math.max(...ends), utc));
  event.preventDefault();
}
