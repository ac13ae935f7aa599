/* How a form that was made from a schema looks: our buttons, our words. */
import { jsx } from "@emotion/react";
import { ArrowDown, ArrowUp, Copy, Plus, X } from "lucide-react";
import { GhostButton, IconButton } from "./widgets.js";

/* What the form says by itself, by its own English; the rest stays English and is rarely seen. */
const SAID = {
  Item: "form_item",
  "No items yet. Use the button below to add some.": "form_empty",
  Yes: "form_yes",
  No: "form_no",
  "New Value": "form_new",
  Add: "form_add",
  "Add Item": "form_add",
  Copy: "copy",
  "Move down": "form_down",
  "Move up": "form_up",
  Remove: "form_remove",
  "Option %1": "form_option",
  "%1 option %2": "form_option_of",
  "%1 Key": "form_key",
  "Add data for optional field": "form_add",
  "Remove data for optional field": "form_remove",
  "No data for optional field": "form_none",
};

const numbered = (text, given = []) => given.reduce((words, each, at) => words.replaceAll(`%${at + 1}`, each), text);

export const translator = (say) => (text, given) => numbered(SAID[text] ? say(SAID[text]) : text, given);

const small = (icon, testid) =>
  function SmallButton({ onClick, disabled, registry, title }) {
    const label = title ?? registry.translateString(testid);
    return jsx(IconButton, { icon, label, onClick, disabled, testid: undefined });
  };

function AddButton({ onClick, disabled, registry }) {
  return jsx(GhostButton, { icon: Plus, onClick, disabled, testid: "form-add" }, registry.translateString("Add"));
}

function Item({ children, buttonsProps, hasToolbar, registry }) {
  const Buttons = registry.templates.ArrayFieldItemButtonsTemplate;
  return jsx("div", { className: "formitem" }, jsx("div", { className: "grow" }, children), hasToolbar ? jsx("span", { className: "iconrow" }, jsx(Buttons, buttonsProps)) : null);
}

export const templates = {
  ArrayFieldItemTemplate: Item,
  ButtonTemplates: {
    AddButton,
    CopyButton: small(Copy, "Copy"),
    MoveDownButton: small(ArrowDown, "Move down"),
    MoveUpButton: small(ArrowUp, "Move up"),
    RemoveButton: small(X, "Remove"),
    ClearButton: small(X, "Remove"),
  },
};
