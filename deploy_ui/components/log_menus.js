/* The menus of the log's toolbar: which clock, what to download. */
import { jsx } from "@emotion/react";
import { DropdownMenu } from "@radix-ui/themes";
import { Check, Clock3, Download } from "lucide-react";

export const FORMATS = ["local", "utc", "ago"];

const iconOf = (Icon) => jsx(Icon, { className: "icon", "aria-hidden": true });

function menu(Icon, label, testId, items) {
  const button = jsx("button", { type: "button", className: "iconbtn", "aria-label": label, title: label, "data-testid": testId }, iconOf(Icon));
  return jsx(
    DropdownMenu.Root,
    { modal: false },
    jsx(DropdownMenu.Trigger, {}, button),
    jsx(DropdownMenu.Content, { className: "menu", align: "end", sideOffset: 4 }, items),
  );
}

export function TimeMenu({ format, words, choose }) {
  const item = (each) =>
    jsx(
      DropdownMenu.Item,
      { key: each, className: "menu__item", role: "menuitemradio", "aria-checked": format === each, onSelect: () => choose(each), "data-testid": `time-${each}` },
      jsx("span", { className: "menu__check" }, format === each ? iconOf(Check) : null),
      jsx("span", { className: "menu__label" }, words[`time_${each}`]),
    );
  return menu(Clock3, words.time, "log-time", FORMATS.map(item));
}

/** `whole` is the address of the whole log; `filters` are what narrows it now, empty when nothing does. */
export function DownloadMenu({ whole, filters, words }) {
  const address = (narrowed, packed) => {
    const url = new URL(whole, location.href);
    if (narrowed) for (const [name, value] of Object.entries(filters)) url.searchParams.set(name, value);
    if (packed) url.searchParams.set("gzip", "1");
    return url.pathname + url.search;
  };
  const item = (narrowed, packed) =>
    jsx(
      DropdownMenu.Item,
      { key: `${narrowed}${packed}`, asChild: true, className: "menu__item" },
      jsx(
        "a",
        { href: address(narrowed, packed), download: true, "data-testid": `download-${narrowed ? "shown" : "whole"}${packed ? "-gzip" : ""}` },
        jsx("span", { className: "menu__label" }, narrowed ? words.download_shown : words.download_whole),
        jsx("span", { className: "menu__hint" }, packed ? "gzip" : words.text),
      ),
    );
  const kinds = Object.keys(filters).length ? [true, false] : [false];
  return menu(Download, words.download, "log-download", kinds.flatMap((narrowed) => [item(narrowed, false), item(narrowed, true)]));
}
