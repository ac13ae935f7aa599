/* What the console's tab of the browser remembers of each deployment's test tab. Keys and files stay here and nowhere
   else: nothing is written to the browser's storage. */

const remembered = new Map();

/** Returns the same object for the same person and deployment until the page is loaded anew. */
export function memoryOf(key) {
  if (!remembered.has(key)) remembered.set(key, {});
  return remembered.get(key);
}
