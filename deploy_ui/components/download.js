/* A link that the browser downloads. Links of the pages themselves are taken by the router, which knows no files. */
import { jsx } from "@emotion/react";

export function Download({ children, ref, ...rest }) {
  return jsx("a", { ...rest, ref, download: true }, children);
}
