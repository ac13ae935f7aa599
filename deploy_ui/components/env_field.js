/* NAME=value lines of a form; sent as a JSON object, never kept in a draft. */
import { useRef } from "react";
import { jsx } from "@emotion/react";
import { useFormField } from "./form_fields.js";

/** Returns the variables, or the number of the first line that is none. */
function read(text) {
  const found = {};
  for (const [at, line] of text.split("\n").entries()) {
    if (!line.trim() || line.trimStart().startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 0) return { wrongLine: at + 1 };
    found[line.slice(0, equals).trim()] = line.slice(equals + 1);
  }
  return { found };
}

export function EnvField({ name, ref, ...rest }) {
  const area = useRef(null);
  useFormField({
    append: (body) => {
      const { found } = read(area.current.value);
      if (Object.keys(found).length) body.append(name, JSON.stringify(found));
    },
    problem: () => {
      const { wrongLine } = read(area.current.value);
      return wrongLine ? { code: "env_line", facts: { field: name, line: wrongLine } } : null;
    },
  });
  return jsx("textarea", { ...rest, ref: area, spellCheck: false });
}
