/* Bytes as people read them: the offset, sixteen bytes, the letters among them. */

export const MOST_SHOWN = 4096;
const ROW = 16;

const two = (byte) => byte.toString(16).padStart(2, "0");
const letter = (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".");

/** Returns the first bytes of pieces as one array. */
function beginning(chunks) {
  const bytes = new Uint8Array(MOST_SHOWN);
  let filled = 0;
  for (const chunk of chunks) {
    if (filled === MOST_SHOWN) break;
    const part = chunk.subarray(0, MOST_SHOWN - filled);
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes.subarray(0, filled);
}

export function hexDump(chunks) {
  const bytes = beginning(chunks);
  const rows = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const part = [...bytes.subarray(at, at + ROW)];
    const hex = part.map(two).join(" ").padEnd(ROW * 3 - 1);
    rows.push(`${at.toString(16).padStart(6, "0")}  ${hex}  ${part.map(letter).join("")}`);
  }
  return rows.join("\n");
}
