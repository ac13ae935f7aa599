/* Pictures pasted or dropped into a README: a placeholder while each is stored, its address when it is. */
import { unfit, upload } from "./readme_api.js";
import { replaceWords, write } from "./readme_codemirror.js";

const MB = 1024 * 1024;
let count = 0;

const filled = (words, facts) => words.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
const alt = (name) => name.replace(/\.\w+$/, "").replace(/[[\]\\]/g, "");

async function store(view, file, { url, language, words }) {
  const waiting = `![${filled(words.uploading, { name: alt(file.name) })} ${++count}]()`;
  write(view, `${waiting}\n`);
  try {
    const name = await upload(url, file, language);
    replaceWords(view, waiting, `![${alt(file.name)}](files/${name})`);
    return "";
  } catch (error) {
    replaceWords(view, `${waiting}\n`, "");
    return `${file.name}: ${error.message || words.unreachable}`;
  }
}

/** Stores files at the cursor; returns why some were refused, in words. */
export async function storePictures(view, files, context) {
  const why = (file) => filled(context.words[unfit(file)], { name: file.name, size: Math.ceil(file.size / MB) });
  const refused = files.filter(unfit).map(why);
  const failed = await Promise.all(files.filter((file) => !unfit(file)).map((file) => store(view, file, context)));
  return [...refused, ...failed].filter(Boolean);
}
