/* A day to choose; the form gets the moment when that day ends where the reader is, which the server cannot know. */
import { useState } from "react";
import { jsx } from "@emotion/react";

const two = (n) => String(n).padStart(2, "0");

/** Today as the native field writes it. */
function today() {
  const now = new Date();
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The last second of a day, or "" for what is no day. */
function endOf(day) {
  const end = new Date(`${day}T23:59:59`);
  return day && !Number.isNaN(end.getTime()) ? end.toISOString() : "";
}

export function DateField({ name, ref, ...rest }) {
  const [day, setDay] = useState("");
  return [
    jsx("input", { key: "day", ref, ...rest, type: "date", min: today(), value: day, onChange: (event) => setDay(event.target.value) }),
    jsx("input", { key: "end", type: "hidden", name, value: endOf(day) }),
  ];
}
