/* What of a README's HTML is kept: GitHub's list, without what would act on the page around it. */
import { defaultSchema } from "hast-util-sanitize";

const ACTING = new Set([
  ...["accept", "acceptCharset", "accessKey", "action", "charSet", "encType", "htmlFor", "isMap", "itemProp", "label"],
  ...["maxLength", "media", "method", "multiple", "noHref", "prompt", "readOnly", "selected", "tabIndex", "useMap"],
]);

/** Names and ids get a prefix, so that none of them can stand for something of the page's own. */
export const PREFIX = "user-content-";

export const schema = {
  ...defaultSchema,
  clobberPrefix: PREFIX,
  strip: ["script", "style", "title", "textarea", "template", "noscript", "iframe", "noembed", "noframes", "xmp", "object", "svg", "math"],
  protocols: { ...defaultSchema.protocols, href: ["http", "https", "mailto"] },
  attributes: {
    ...defaultSchema.attributes,
    "*": [...defaultSchema.attributes["*"].filter((name) => !ACTING.has(name)), ["dataLine", /^\d+$/]],
    code: [["className", /^language-./, "math-inline", "math-display"]],
    div: [],
    img: ["ariaLabel", "src"],
  },
};
