/* Saves what the page holds as a file of the reader's. */

const KEPT_MS = 1000; // the browser begins the download a moment after the click

export function saveBlob(blob, fileName) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
