/* An element tree written as steps that the page follows: a text, `[tag, attributes]` into an element, 0 out of it. */
import { find, html } from "property-information";

function attribute(name, value) {
  const { attribute: written, boolean, overloadedBoolean, commaSeparated } = find(html, name);
  if (value === null || value === undefined || value === false) return null;
  if (value === true) return [written, boolean || overloadedBoolean ? "" : "true"];
  return [written, Array.isArray(value) ? value.join(commaSeparated ? ", " : " ") : String(value)];
}

function attributes(properties) {
  const found = Object.entries(properties).filter(([name]) => name !== "dataLine");
  return Object.fromEntries(found.map(([name, value]) => attribute(name, value)).filter(Boolean));
}

/** Writes a node, and all in it. */
export function steps(node, into) {
  if (node.type === "text") into.push(node.value);
  if (node.type === "element") into.push([node.tagName, attributes(node.properties)]);
  for (const child of node.children ?? []) steps(child, into);
  if (node.type === "element") into.push(0);
  return into;
}
