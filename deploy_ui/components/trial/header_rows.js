/* The headers of the request: what people write, what the console and the checkbox add. */
import { jsx } from "@emotion/react";
import { Check, Pencil, Plus, X } from "lucide-react";
import { ASYNCHRONOUS, CONTENT_TYPE, MOST_HEADERS, OWN_KEY, headerProblem, row, sameName } from "./draft.js";
import { GhostButton, Icon, IconButton, Wrong } from "./widgets.js";
import { useWords } from "./words.js";

const USUAL = [
  ...["Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Type", "Idempotency-Key"],
  ...["If-None-Match", "Origin", "User-Agent", "X-API-Key", "X-Request-Id"],
  ...["X-Request-Timeout", "X-Health-Timeout", "X-Full-Live-Timeout", "X-Max-Attempts", "X-Callback-Url"],
];
const LIST = "usual-headers";

function Field({ each, part, onText }) {
  const [say] = useWords();
  const paste = (event) => {
    if (!/[\r\n]/.test(event.clipboardData.getData("text").trim())) return;
    event.preventDefault(); // the browser would take the break away and join the lines
    onText({ broken: true });
  };
  return jsx("input", {
    className: `kv__field${part === "name" ? " c-key" : ""}`,
    value: each[part],
    list: part === "name" ? LIST : undefined,
    placeholder: say(`header_field_${part}`),
    "aria-label": say(`header_field_${part}`),
    "aria-invalid": Boolean(headerProblem(each)),
    spellCheck: false,
    autoComplete: "off",
    onPaste: paste,
    onChange: (event) => onText({ [part]: event.target.value, broken: false }),
    "data-testid": `header-${part}`,
  });
}

function Row({ each, change, remove }) {
  const [say] = useWords();
  const problem = headerProblem(each);
  return jsx(
    "div",
    { className: "kv" },
    jsx(Field, { each, part: "name", onText: change }),
    jsx(Field, { each, part: "value", onText: change }),
    jsx(IconButton, { icon: X, label: say("remove_header"), onClick: remove, testid: "remove-header" }),
    problem ? jsx(Wrong, { testid: "wrong-header" }, say(problem, { name: each.name || "…" })) : null,
  );
}

function Given({ name, children, action = null, testid }) {
  return jsx("div", { className: "kv", "data-testid": testid }, jsx("span", { className: "c-key" }, name), jsx("span", null, children), action);
}

/** What changes with a row: a content type that somebody wrote does not follow the kind any more. */
function changed(draft, id, fields) {
  const before = draft.headers.find((each) => each.id === id);
  const after = { ...before, ...fields, auto: false };
  const typed = draft.typed || sameName(before.name, CONTENT_TYPE) || sameName(after.name, CONTENT_TYPE);
  return { typed, headers: draft.headers.map((each) => (each.id === id ? after : each)) };
}

function without(draft, id) {
  const gone = draft.headers.find((each) => each.id === id);
  return { typed: draft.typed || sameName(gone.name, CONTENT_TYPE), headers: draft.headers.filter((each) => each.id !== id) };
}

export function HeaderRows({ draft, change, wrong }) {
  const [say] = useWords();
  const add = (name = "") => draft.headers.length < MOST_HEADERS && change({ headers: [...draft.headers, row(name)] });
  const ownKey = draft.headers.some(({ name }) => sameName(name, OWN_KEY) || sameName(name, "authorization"));
  const pencil = jsx(IconButton, { icon: Pencil, label: say("own_key"), onClick: () => add(OWN_KEY), testid: "own-key" });
  return jsx(
    "div",
    { "data-testid": "headers" },
    jsx(
      "div",
      { className: "panel__head panel__head--inner" },
      jsx("h2", { className: "h2" }, say("headers")),
      jsx("span", { className: "grow" }),
      jsx(GhostButton, { icon: Plus, onClick: () => add(), testid: "add-header" }, say("add_header")),
    ),
    jsx("datalist", { id: LIST }, USUAL.map((each) => jsx("option", { key: each, value: each }))),
    draft.headers.map((each) =>
      jsx(Row, {
        key: each.id,
        each,
        change: (fields) => change(changed(draft, each.id, fields)),
        remove: () => change(without(draft, each.id)),
      }),
    ),
    draft.kind === "multipart" && !draft.typed ? jsx(Given, { name: CONTENT_TYPE }, "multipart/form-data ", jsx("span", { className: "muted small" }, say("boundary"))) : null,
    ownKey ? null : jsx(Given, { name: OWN_KEY, action: pencil }, jsx("span", { className: "muted small" }, say("console_key"))),
    draft.asynchronous ? jsx(Given, { name: ASYNCHRONOUS[0], testid: "async-header" }, "true ", jsx("span", { className: "muted small" }, say("async_added"))) : null,
    jsx(Wrong, { testid: "wrong-headers" }, wrong),
  );
}

export function AsyncBox({ on, onToggle }) {
  const [say] = useWords();
  const adds = [say("async_adds"), " ", jsx("code", { key: "code", className: "inline" }, ASYNCHRONOUS.join(": "))];
  return jsx(
    "div",
    { className: "panel__foot trial__async" },
    jsx(
      "label",
      { className: "row" },
      jsx(
        "button",
        { type: "button", role: "checkbox", "aria-checked": on, className: "check", onClick: onToggle, "data-testid": "async" },
        jsx(Icon, { as: Check, small: false }),
      ),
      jsx("span", { className: "strong" }, say("async")),
    ),
    jsx("span", { className: "muted small" }, on ? say("async_means") : adds),
  );
}
