/* Where links and pictures of a README may lead. */

const FILE = /^(?:\.\/)?files\/([\w.-]+)$/;
const OUTSIDE = /^https?:\/\//i;
const REL = ["noopener", "nofollow", "noreferrer"];

const plain = (value) => (typeof value === "string" ? value.trim() : "");

/** The address of a picture: of another site by https, or of the README's own files. */
export function pictureAddress(value, files) {
  const address = plain(value);
  const own = FILE.exec(address);
  if (own) return files ? files + own[1] : "";
  return /^https:\/\//i.test(address) && URL.canParse(address) ? address : "";
}

function linkAddress(value, files) {
  const address = plain(value);
  if (address.startsWith("#")) return address;
  const own = FILE.exec(address);
  if (own) return files ? files + own[1] : "";
  return (OUTSIDE.test(address) || /^mailto:/i.test(address)) && URL.canParse(address) ? address : "";
}

/** Makes a link lead out of the console, down the page, or nowhere. */
export function dressLink(node, files) {
  const { href, ...rest } = node.properties;
  node.properties = rest;
  const address = linkAddress(href, files);
  if (!address) return;
  rest.href = address;
  if (address.startsWith("#")) return;
  rest.rel = REL;
  rest.target = "_blank";
}

/** Makes a picture load late and tell nobody where it is shown; one by http becomes a link to it. */
export function dressPicture(node, files) {
  const { src, ...rest } = node.properties;
  const address = pictureAddress(src, files);
  if (address) {
    node.properties = { ...rest, src: address, loading: "lazy", decoding: "async", referrerPolicy: "no-referrer" };
    return;
  }
  const words = { type: "text", value: plain(rest.alt) || plain(src) };
  Object.assign(node, { tagName: OUTSIDE.test(plain(src)) ? "a" : "span", children: [words], properties: { href: src, className: ["md-nopicture"] } });
  if (node.tagName === "a") dressLink(node, files);
  else delete node.properties.href;
}

/** Keeps of a picture's other sources those that a picture may have. */
export function dressSource(node, files) {
  const candidates = plain(node.properties.srcSet).split(/,\s+/);
  const kept = candidates.map((each) => {
    const [address, ...size] = each.trim().split(/\s+/);
    return [pictureAddress(address, files), ...size].join(" ");
  });
  const whole = kept.every((each) => each && !each.startsWith(" "));
  node.properties = whole ? { ...node.properties, srcSet: kept.join(", ") } : {};
}
