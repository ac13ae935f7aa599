/* A box for the text of a `.env` file; the server reads it, because quoting has more rules than one expects. */
import { useEffect, useRef, useState } from "react";
import { jsx, jsxs } from "react/jsx-runtime";

const READER = "/api/v1/dotenv";

async function read(text) {
  const answer = await fetch(READER, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ text }),
  });
  const body = await answer.json();
  return answer.ok ? { variables: body.items } : { code: body.error.code, line: body.error.facts?.line };
}

export function DotenvBox({ begin, words, onRead, onClose }) {
  const [text, setText] = useState(begin);
  const [wrong, setWrong] = useState("");
  const area = useRef(null);
  const add = async () => {
    try {
      const { variables, code, line } = await read(text);
      if (variables) onRead(variables);
      else setWrong(code === "env_line" ? words.bad_line.replace("{line}", line) : words.unreadable);
    } catch {
      setWrong(words.unreachable);
    }
  };
  useEffect(() => {
    area.current.focus();
    if (begin) add(); // pasted into a row: what can be read needs no further click
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const onKeyDown = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      add();
    }
  };
  return jsxs("div", {
    className: "env__box",
    onKeyDown,
    children: [
      jsx("textarea", {
        ref: area,
        className: `field mono${wrong ? " field--error" : ""}`,
        rows: 6,
        value: text,
        placeholder: "THRESHOLD=0.82\nexport TOKEN='s3cret'",
        spellCheck: false,
        "aria-label": words.paste,
        "data-testid": "dotenv",
        onChange: (event) => {
          setText(event.target.value);
          setWrong("");
        },
      }),
      wrong ? jsx("span", { className: "error", role: "alert", children: wrong }) : null,
      jsxs("div", {
        className: "row",
        children: [
          jsx("button", {
            type: "button",
            className: "btn btn--outline btn--s",
            disabled: !text.trim(),
            onClick: add,
            "data-testid": "dotenv-add",
            children: words.add_pasted,
          }),
          jsx("button", { type: "button", className: "btn btn--ghost btn--s", onClick: onClose, children: words.cancel }),
        ],
      }),
    ],
  });
}
