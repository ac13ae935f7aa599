/* How a form knows of controls that are no native fields: an editor, a list of files. */
import { createContext, useContext, useEffect, useRef } from "react";

export const FormFields = createContext(null);

/**
 * Makes a control a field of the form around it, and returns that form; null without one.
 * A field may have append(body), words() and fill(values, files).
 */
export function useFormField(field) {
  const form = useContext(FormFields);
  const latest = useRef(field);
  useEffect(() => {
    latest.current = field;
  });
  const join = form?.join;
  useEffect(() => join?.(latest), [join]);
  return form;
}
