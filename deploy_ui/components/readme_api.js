/* A README at its address: read, saved on top of a version, watched for others, and its pictures. */

export const LARGEST_PICTURE = 10 * 1024 * 1024;
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

/** What the server refused, with its words for people. */
export class Refused extends Error {
  constructor(status, { code = "", message = "", facts = {} } = {}) {
    super(message);
    Object.assign(this, { status, code, facts: facts ?? {} });
  }
}

async function asked(url, { language, ...options }) {
  const headers = { accept: "application/json", "accept-language": language, ...options.headers };
  const answer = await fetch(url, { ...options, headers });
  if (answer.ok || answer.status === 304) return answer;
  const { error } = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, error);
}

/** The text with its version: `{text, version, changed_at, changed_by}`. */
export async function read(url, language) {
  return (await asked(url, { language })).json();
}

/** The same if it is no longer `version`, else null. */
export async function readNewer(url, version, language) {
  const answer = await asked(url, { language, headers: { "if-none-match": `"${version}"` } });
  if (answer.status === 304) return null;
  const found = await answer.json();
  return found.version > version ? found : null;
}

/** Saves a text on top of a version; refused with `readme_changed` if there is a newer one. */
export async function save(url, text, version, language) {
  const headers = { "content-type": "text/markdown; charset=utf-8", "if-match": `"${version}"` };
  return (await asked(url, { language, method: "PUT", body: text, headers })).json();
}

/** The text of an earlier version, or null if it is not kept. */
export async function readVersion(url, version, language) {
  if (!version) return "";
  try {
    return (await (await asked(`${url}/versions/${version}`, { language })).json()).text;
  } catch {
    return null;
  }
}

/** Why a file cannot be a picture of a README: the key of the words, or "". */
export function unfit(file) {
  if (!PICTURES.has(file.type)) return "not_picture";
  return file.size > LARGEST_PICTURE ? "picture_large" : "";
}

/** Stores a picture with the README; returns its name. */
export async function upload(url, file, language) {
  const body = new FormData();
  body.append("file", file);
  return (await (await asked(`${url}/files`, { language, method: "POST", body })).json()).name;
}
