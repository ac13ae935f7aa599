/* Checks values against a JSON schema without making code of it: the content policy forbids eval. */
import { Validator } from "@cfworker/json-schema";
import { toErrorSchema } from "@rjsf/utils";

const DRAFT = "2020-12";
const WRAPPERS = new Set(["properties", "items", "prefixItems", "$ref", "allOf", "additionalProperties", "then", "else", "false"]);
/* Keywords that only say that something inside them does not fit. */

function result(schema, data, root = schema) {
  const { $defs, definitions } = root;
  const whole = typeof schema === "boolean" ? schema : { ...($defs && { $defs }), ...(definitions && { definitions }), ...schema };
  return new Validator(whole, DRAFT, false).validate(data === undefined ? null : data);
}

/** "#/items/0/name" → ["items", "0", "name"] */
const steps = (pointer) => pointer.split("/").slice(1).map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));

function valueAt(schema, pointer) {
  return steps(pointer).reduce((found, step) => found?.[step], schema);
}

/** What lacks is said where it belongs. */
function place({ keyword, instanceLocation, error }) {
  const missing = keyword === "required" ? /"(.*)"/.exec(error)?.[1] : null;
  return [...steps(instanceLocation), ...(missing ? [missing] : [])];
}

function errorsOf(schema, data, words) {
  const said = result(schema, data).errors.filter(({ keyword }) => !WRAPPERS.has(keyword));
  return said.map((each) => {
    const path = place(each);
    const value = valueAt(schema, each.keywordLocation);
    return { name: each.keyword, property: `.${path.join(".")}`, message: words(each.keyword, value), stack: "", params: {} };
  });
}

/** Returns the validator of a form. `words(keyword, value)` says what is wrong. */
export function checker(words) {
  const toList = (errors) => ({ errors, errorSchema: toErrorSchema(errors) });
  return {
    isValid: (schema, data, root) => {
      try {
        return result(schema, data, root).valid;
      } catch {
        return false;
      }
    },
    validateFormData: (data, schema) => {
      try {
        return toList(errorsOf(schema, data, words));
      } catch {
        return toList([]); // a keyword this checker does not know: the deployment decides
      }
    },
    rawValidation: (schema, data) => ({ errors: result(schema, data).errors }),
  };
}
