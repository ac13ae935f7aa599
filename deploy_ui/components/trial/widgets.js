/* Small controls of the API test tab, in the console's looks. */
import { jsx } from "@emotion/react";

export function Icon({ as, small = true }) {
  return jsx(as, { className: small ? "icon icon--s" : "icon", "aria-hidden": true });
}

export function GhostButton({ icon, children, testid, ...rest }) {
  return jsx(
    "button",
    { ...rest, type: "button", className: "btn btn--ghost btn--s", "data-testid": testid },
    icon ? jsx(Icon, { as: icon }) : null,
    children,
  );
}

export function IconButton({ icon, label, testid, ...rest }) {
  return jsx(
    "button",
    { ...rest, type: "button", className: "iconbtn iconbtn--s", title: label, "aria-label": label, "data-testid": testid },
    jsx(Icon, { as: icon }),
  );
}

/** A choice of few, side by side; `choices` are [value, words]. */
export function Segmented({ choices, value, onChoose, label, testid }) {
  return jsx(
    "span",
    { className: "seg seg--s", role: "group", "aria-label": label },
    choices.map(([each, words]) =>
      jsx(
        "button",
        { key: each, type: "button", "aria-pressed": each === value, onClick: () => onChoose(each), "data-testid": `${testid}-${each}` },
        words,
      ),
    ),
  );
}

export function Wrong({ children, testid }) {
  if (!children) return null;
  return jsx("div", { className: "trial__wrong error", role: "alert", "data-testid": testid }, children);
}

const FAMILIES = [
  [500, "red"],
  [400, "amber"],
  [300, "blue"],
];

/** An answer's status in the colour of its class; 202 is blue as well: the answer is still to come. */
export function StatusBadge({ status, phrase = "", none }) {
  const look = status === 202 ? "blue" : (FAMILIES.find(([least]) => status >= least)?.[1] ?? "green");
  if (!status) return jsx("span", { className: "badge" }, none);
  return jsx("span", { className: `badge badge--${look}`, title: phrase }, phrase ? `${status} ${phrase}` : status);
}
