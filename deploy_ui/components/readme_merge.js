/* Two texts that were made of the same one, put together; where both changed the same lines, both stand there. */
import { diff3Merge } from "node-diff3";

const MINE = "<<<<<<< ";
const MIDDLE = "=======";
const THEIRS = ">>>>>>> ";
const MARKED = /^<{7} .*\n(?:[^]*?\n)?={7}\n(?:[^]*?\n)?>{7} /m;

/** Says whether a text still holds places that nobody decided on. */
export const undecided = (text) => text.includes(MINE) && MARKED.test(text);

/** Merges line by line; `names` stand at the marks. */
export function merged(mine, base, theirs, names) {
  const parts = diff3Merge(mine.split("\n"), base.split("\n"), theirs.split("\n"), { excludeFalseConflicts: true });
  const lines = parts.flatMap(({ ok, conflict }) => ok ?? [MINE + names.mine, ...conflict.a, MIDDLE, ...conflict.b, THEIRS + names.theirs]);
  return lines.join("\n");
}
