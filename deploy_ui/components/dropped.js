/* What was dropped or chosen, as a list of {path, file}: folders are walked, litter is passed over. */

const LITTER = new Set([".git", "__pycache__", ".venv", "venv", "node_modules", ".ipynb_checkpoints", ".DS_Store"]);
const PROJECT = new Set(["serving.py", "main.py", "app.py", "requirements.txt"]);
const ARCHIVE = /\.(zip|tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz)$/i;

export const isArchive = (path) => ARCHIVE.test(path);

/** The files of a drop. Its entries must be taken before anything is awaited. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return sorted([...transfer.files].map((file) => ({ path: file.name, file })));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return sorted(found);
}

/** The files of an <input type=file>. */
export function chosen(input) {
  return sorted([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

async function walk(entry, folder, found) {
  const path = folder + entry.name;
  if (entry.isFile) {
    found.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  if (LITTER.has(entry.name)) {
    found.push({ path: `${path}/`, file: null });
    return;
  }
  const reader = entry.createReader();
  const read = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  for (let some = await read(); some.length; some = await read()) {
    for (const each of some) await walk(each, `${path}/`, found);
  }
}

/** Without litter; the folder of a whole project is left away, so that its script lies on top. */
function sorted(all) {
  const files = all.filter(({ path, file }) => file && !path.split("/").some((part) => LITTER.has(part)));
  const tops = new Set(files.map(({ path }) => path.slice(0, path.indexOf("/") + 1)));
  const [top] = tops;
  const whole = tops.size === 1 && top && files.some(({ path }) => PROJECT.has(path.slice(top.length)));
  files.sort((one, other) => (one.path < other.path ? -1 : 1));
  return {
    files: files.map(({ path, file }) => ({ path: whole ? path.slice(top.length) : path, file })),
    passedOver: all.length - files.length,
  };
}
