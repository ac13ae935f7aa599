/* One answer while it arrives: its bytes, its text, and what it is. */

const PROBE = 1024;
const MEDIA = /^(image|audio|video)\//;
const TEXTS = /^text\/|[/+](json|xml|yaml)\b|javascript|x-ndjson|jsonl|json-seq|x-www-form-urlencoded|graphql/;
const STREAMS = /event-stream|ndjson|jsonl|json-seq/;
const SVG = "image/svg+xml";
const EXTENSIONS = {
  "application/json": "json", "application/problem+json": "json", "application/x-ndjson": "ndjson", "application/pdf": "pdf",
  "application/zip": "zip", "application/gzip": "gz", "application/xml": "xml", "application/yaml": "yaml",
  "text/html": "html", "text/csv": "csv", "text/xml": "xml", "text/markdown": "md", "text/plain": "txt", "text/event-stream": "txt",
  "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif", [SVG]: "svg",
  "audio/mpeg": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/ogg": "ogg", "audio/flac": "flac",
  "video/mp4": "mp4", "video/webm": "webm",
};

export function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function decoderOf(charset) {
  try {
    return new TextDecoder(charset || "utf-8");
  } catch {
    return new TextDecoder("utf-8"); // what an answer says of its encoding may be nonsense
  }
}

/** Says whether bytes that may end inside a character read as text. */
function reads(bytes, charset) {
  try {
    return !new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true }).includes("\0");
  } catch {
    return false;
  }
}

export class Answer {
  constructor(head) {
    this.head = head;
    this.type = (head.content_type || "").split(";")[0].trim().toLowerCase();
    this.kind = null;
    this.chunks = [];
    this.texts = [];
    this.size = 0;
    this.began = Date.now();
    this.decoder = decoderOf(head.charset);
    this.end = null;
  }

  get json() {
    return /[/+]json$/.test(this.type);
  }

  get streams() {
    return STREAMS.test(this.type);
  }

  get svg() {
    return this.type === SVG;
  }

  get text() {
    return this.texts.join("");
  }

  /** Takes bytes; returns the text they add, if the answer is one. */
  add(bytes) {
    this.kind ??= this.kindBy(bytes.subarray(0, PROBE));
    this.chunks.push(bytes);
    this.size += bytes.length;
    return this.kind === "text" ? this.addText(this.decoder.decode(bytes, { stream: true })) : "";
  }

  finish(end) {
    this.end = end;
    return this.kind === "text" ? this.addText(this.decoder.decode()) : "";
  }

  addText(text) {
    if (text) this.texts.push(text);
    return text;
  }

  kindBy(bytes) {
    if (MEDIA.test(this.type) && !this.svg) return this.type.split("/")[0];
    const wide = this.decoder.encoding.startsWith("utf-16");
    if (TEXTS.test(this.type) || this.svg) return wide || !bytes.includes(0) ? "text" : "binary";
    return reads(bytes, this.decoder.encoding) ? "text" : "binary";
  }

  /** Whether bytes were no characters of the encoding. */
  get broken() {
    return this.texts.some((each) => each.includes("\ufffd"));
  }

  get blob() {
    return new Blob(this.chunks, { type: this.type || "application/octet-stream" });
  }

  get fileName() {
    const extension = EXTENSIONS[this.type] ?? (this.json ? "json" : this.kind === "text" ? "txt" : "bin");
    return `answer${this.head.request_id ? `-${this.head.request_id}` : ""}.${extension}`;
  }
}
