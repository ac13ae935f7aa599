/* The JSON body as a form, made from the request schema of the model. Text and form are the same value. */
import { Component, useMemo, useRef, useState } from "react";
import { jsx } from "@emotion/react";
import Form from "@rjsf/core/lib/components/Form.js"; // the package's own index needs another validator
import { numbersSurvive, problemIn } from "./json_text.js";
import { checker } from "./schema_check.js";
import { templates, translator } from "./schema_looks.js";
import { useWords } from "./words.js";

const LARGEST = 200000;
const UI = { "ui:submitButtonOptions": { norender: true } };

/** Why the text cannot be shown as a form; empty if it can. */
function obstacle(text) {
  if (text.length > LARGEST) return "form_large";
  if (!text.trim()) return "";
  if (problemIn(text)) return "form_broken";
  return numbersSurvive(text) ? "" : "form_numbers";
}

function Instead({ words }) {
  return jsx("div", { className: "muted trial__none", "data-testid": "form-instead" }, words);
}

/** A schema is what a model says of itself: one that the form cannot show must not take the tab down. */
class Guard extends Component {
  state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  render() {
    return this.state.broken ? this.props.instead : this.props.children;
  }
}

function Fields({ schema, text, onText }) {
  const [say] = useWords();
  const begun = useRef(text);
  const [data, setData] = useState(() => (begun.current.trim() ? JSON.parse(begun.current) : undefined));
  const validator = useMemo(() => checker((keyword, value) => say(keyword === "required" ? "form_required" : "form_unfit", { rule: typeof value === "object" ? keyword : `${keyword} ${value}` })), [say("form_unfit")]);
  const translateString = useMemo(() => translator(say), [say("form_add")]);
  const changed = ({ formData }) => {
    setData(formData);
    onText(formData === undefined ? "" : JSON.stringify(formData, null, 2));
  };
  return jsx(Form, {
    schema,
    formData: data,
    validator,
    uiSchema: UI,
    templates,
    translateString,
    tagName: "div",
    className: "schemaform",
    idPrefix: "request",
    liveValidate: true,
    showErrorList: false,
    noHtml5Validate: true,
    onChange: changed,
  });
}

export function SchemaForm({ schema, text, onText }) {
  const [say] = useWords();
  const begun = useRef(text);
  const why = useMemo(() => obstacle(begun.current), []);
  if (why) return jsx(Instead, { words: say(why) });
  return jsx("div", { className: "trial__form", "data-testid": "schema-form" }, jsx(Guard, { instead: jsx(Instead, { words: say("form_unshown") }) }, jsx(Fields, { schema, text: begun.current, onText })));
}
