/* Sends a form to the API and reads the answer line by line while it comes: JSON, one object a line. */

const WATCHED_BYTES = 1024 * 1024;

/** What the API, or the way to it, refused. */
export class Refused extends Error {
  constructor(code, facts) {
    super(code);
    Object.assign(this, { code, facts });
  }
}

function refusal(text) {
  try {
    const { error } = JSON.parse(text);
    return new Refused(error.code, { ...error.facts, ...(error.field && { field: error.field }) });
  } catch {
    return new Refused("console_unreachable", {});
  }
}

/** Cuts a text that comes in pieces into lines. */
function lineReader(onMessage) {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) onMessage(JSON.parse(line));
  };
}

async function byFetch(url, body, { signal, onSent, onMessage }) {
  const answer = await fetch(url, { method: "POST", body, signal });
  if (!answer.ok) throw refusal(await answer.text());
  onSent();
  const read = lineReader(onMessage);
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) read(piece.value);
}

/** Only XMLHttpRequest tells how much of a body has left; it keeps the whole answer, so it is for large bodies. */
function byRequest(url, body, { signal, onProgress, onSent, onMessage }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const read = lineReader(onMessage);
    let seen = 0;
    const readOn = () => {
      if (request.status !== 200) return;
      const text = request.responseText;
      read(text.slice(seen));
      seen = text.length;
    };
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    request.upload.onload = onSent;
    request.onprogress = readOn;
    request.onload = () => {
      readOn();
      if (request.status === 200) resolve();
      else reject(refusal(request.responseText));
    };
    request.onerror = () => reject(new Refused("console_unreachable", {}));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", url);
    request.send(body);
  });
}

/** Posts a form of about `size` bytes. Throws Refused, or an AbortError when the signal says so. */
export async function post(url, body, size, hooks) {
  try {
    await (size > WATCHED_BYTES ? byRequest : byFetch)(url, body, hooks);
  } catch (error) {
    if (error instanceof Refused || error.name === "AbortError") throw error;
    throw new Refused("console_unreachable", {});
  }
}
