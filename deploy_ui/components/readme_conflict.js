/* Asks what becomes of a README that two people changed. */
import { useEffect, useRef } from "react";
import { jsx } from "@emotion/react";
import { Dialog } from "@radix-ui/themes";
import { showDiff } from "$/public/external/deploy_ui/components/text_diff/text_diff.js";

function Difference({ theirs, mine, words }) {
  const box = useRef(null);
  useEffect(() => showDiff(box.current, theirs, mine, { label: words.label, words, wrap: true }), [theirs, mine, words]);
  return jsx("div", { ref: box, className: "readme__diff editor editor--read diff", "data-testid": "readme-diff" });
}

export function Conflict({ conflict, editing, words, at }) {
  const button = (look, key, onClick) => jsx("button", { type: "button", className: `btn btn--${look}`, onClick, "data-testid": `conflict-${key}` }, words[key]);
  const by = conflict?.theirs.changed_by ?? "";
  const says = words.conflict_words.replace("{by}", () => by).replace("{version}", conflict?.theirs.version).replace("{at}", at(conflict?.theirs.changed_at));
  return jsx(
    Dialog.Root,
    { open: Boolean(conflict), onOpenChange: (open) => !open && editing.putOff() },
    jsx(
      Dialog.Content,
      { className: "dialog dialog--wide readme__conflict", "data-testid": "readme-conflict" },
      jsx(Dialog.Title, { className: "dialog__title" }, words.conflict),
      jsx(Dialog.Description, { className: "dialog__words" }, says),
      jsx("div", { className: "readme__sides" }, jsx("span", null, by || words.theirs), jsx("span", null, words.mine)),
      conflict && jsx(Difference, { theirs: conflict.theirs.text, mine: conflict.mine, words }),
      jsx(
        "div",
        { className: "dialog__foot" },
        button("ghost", "later", () => editing.putOff()),
        button("outline", "take_theirs", () => editing.takeTheirs()),
        button("outline", "keep_mine", () => editing.keepMine()),
        button("primary", "merge", () => editing.merge()),
      ),
    ),
  );
}
