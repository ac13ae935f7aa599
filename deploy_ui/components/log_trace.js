/* Which lines go on with the one before them: a traceback is one thing to a reader, and shows its time once. */
const BEGINS = "Traceback (most recent call last)";

/** Returns a function that is given the lines in order and says whether each belongs to a traceback. */
export function tracer() {
  const open = new Set();
  return (instance, stream, level, text) => {
    if (stream === "platform") return false;
    const source = `${instance}\n${stream}`;
    if (text.startsWith(BEGINS)) {
      open.add(source);
      return true;
    }
    if (!open.has(source)) return level === "error" && /^\s+File ".*", line \d+/.test(text);
    if (text !== "" && text[0] !== " ") open.delete(source);
    return true;
  };
}
