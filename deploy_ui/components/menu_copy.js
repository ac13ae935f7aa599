/* A choice of a menu that copies a text. */
import { jsx } from "@emotion/react";
import { DropdownMenu } from "@radix-ui/themes";
import { copyText } from "./copy.js";

export function CopyItem({ text, onCopied, children, ref, ...rest }) {
  const copy = async () => {
    await copyText(text ?? "");
    onCopied?.();
  };
  return jsx(DropdownMenu.Item, { ...rest, ref, onSelect: copy }, children);
}
