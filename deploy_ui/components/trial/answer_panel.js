/* The right panel: what came back, while it comes. */
import { useEffect, useState } from "react";
import { jsx } from "@emotion/react";
import { Download } from "lucide-react";
import { latencyWords, sizeWords } from "$/public/external/deploy_ui/components/amounts/amounts.js";
import { CopyButton } from "$/public/external/deploy_ui/components/copy/copy.js";
import { saveBlob } from "$/public/external/deploy_ui/components/save_text/save_blob.js";
import { AnswerBody } from "./answer_body.js";
import { modesOf, useNotes, usePretty } from "./answer_modes.js";
import { isRunning } from "./exchange.js";
import { Progress } from "./progress.js";
import { IconButton, Segmented, StatusBadge } from "./widgets.js";
import { useWords } from "./words.js";

function Tab({ part, name, choose, children }) {
  return jsx(
    "button",
    { type: "button", role: "tab", "aria-selected": part === name, className: "subtab", onClick: () => choose(name), "data-testid": `part-${name}` },
    children,
  );
}

function Facts({ answer, took, running }) {
  const [say, language] = useWords();
  const copies = answer.kind === "text" && !running && answer.size;
  return jsx(
    "span",
    { className: "row small muted answer__facts" },
    jsx("span", { "data-testid": "answer-status" }, jsx(StatusBadge, { status: answer.head.status, phrase: answer.head.phrase })),
    running ? null : jsx("span", { className: "num", "data-testid": "answer-time" }, latencyWords(answer.end?.duration_ms ?? took, language)),
    running ? null : jsx("span", { className: "num", "data-testid": "answer-size" }, sizeWords(answer.size, language)),
    jsx(
      "span",
      { className: "iconrow" },
      copies ? jsx(CopyButton, { text: answer.text, label: say("copy"), copiedLabel: say("copied"), className: "iconbtn iconbtn--s" }) : null,
      answer.size && !running ? jsx(IconButton, { icon: Download, label: say("save"), onClick: () => saveBlob(answer.blob, answer.fileName), testid: "save" }) : null,
    ),
  );
}

function Headers({ headers }) {
  return jsx(
    "div",
    { className: "trial__headers", "data-testid": "answer-headers" },
    headers.map(([name, value], at) =>
      jsx("div", { key: at, className: "kv kv--read" }, jsx("span", { className: "c-key wrap" }, name), jsx("span", { className: "wrap" }, value)),
    ),
  );
}

function Foot({ head, logsUrl }) {
  const [say] = useWords();
  const { instance, request_id: id } = head;
  if (!instance && !id) return null;
  return jsx(
    "div",
    { className: "panel__foot small" },
    instance ? jsx("span", { className: "muted" }, say("answered_by")) : null,
    instance ? jsx("a", { className: "link mono", href: `${logsUrl}?instance=${encodeURIComponent(instance)}`, "data-testid": "answered-by" }, instance) : null,
    instance && id ? jsx("span", { className: "muted" }, "·") : null,
    jsx("span", { className: "mono ellipsis muted", title: id }, id),
    id ? jsx(CopyButton, { text: id, label: say("copy_id"), copiedLabel: say("copied"), className: "iconbtn iconbtn--s" }) : null,
  );
}

function Notes({ notes }) {
  if (!notes.length) return null;
  return jsx("div", { className: "small muted trial__note", "data-testid": "answer-notes" }, notes.map((each) => jsx("div", { key: each }, each)));
}

function Content({ answer, phase, part, trouble, call, logsUrl }) {
  const [say, language] = useWords();
  const ended = Boolean(answer.end) || !isRunning({ phase });
  const formatted = usePretty(answer, ended);
  const notes = useNotes({ answer, phase, formatted, say, language });
  const modes = modesOf(answer, formatted);
  const [wanted, setWanted] = useState("");
  const mode = modes.includes(wanted) ? wanted : modes[0];
  useEffect(() => setWanted(""), [answer]);
  const choices = modes.map((each) => [each, say(`mode_${each}`)]);
  const body = jsx(AnswerBody, { key: `body-${mode}`, answer, mode, pretty: formatted, ended });
  const switcher = modes.length > 1 ? jsx("div", { className: "trial__kinds" }, jsx(Segmented, { choices, value: mode, onChoose: setWanted, label: say("response"), testid: "mode" })) : null;
  return [
    trouble ? jsx("div", { key: "trouble", className: "trial__trouble error", role: "alert", "data-testid": "trouble" }, trouble) : null,
    jsx(Notes, { key: "notes", notes }),
    part === "headers" ? null : jsx("div", { key: "switch", className: "contents" }, switcher),
    part === "headers" ? jsx(Headers, { key: "headers", headers: answer.head.headers }) : body,
    call ?? jsx(Foot, { key: "foot", head: answer.head, logsUrl }),
  ];
}

function Nothing({ phase, trouble }) {
  const [say] = useWords();
  if (phase === "failed" && trouble) return jsx("div", { className: "trial__none error", role: "alert", "data-testid": "trouble" }, trouble);
  const words = isRunning({ phase }) ? say("waiting") : say(phase === "canceled" ? "canceled" : "nothing_yet");
  return jsx("div", { className: "muted trial__none", "data-testid": "answer-none" }, words);
}

export function AnswerPanel({ state, trouble, call, logsUrl }) {
  const [say] = useWords();
  const [part, setPart] = useState("body");
  const { answer, phase } = state;
  const running = isRunning(state);
  useEffect(() => setPart("body"), [answer]);
  const tabs = answer
    ? jsx(
        "div",
        { className: "subtabs", role: "tablist" },
        jsx(Tab, { part, name: "body", choose: setPart }, say("response")),
        jsx(Tab, { part, name: "headers", choose: setPart }, say("headers"), " ", jsx("span", { className: "num" }, answer.head.headers.length)),
      )
    : jsx("h2", { className: "h2" }, say("response"));
  return jsx(
    "div",
    { className: "panel", "aria-busy": running, "data-testid": "answer" },
    jsx(
      "div",
      { className: "panel__head answer__head" },
      tabs,
      jsx("span", { className: "grow" }),
      running ? jsx(Progress, { state }) : null,
      answer ? jsx(Facts, { answer, took: state.took ?? 0, running }) : null,
    ),
    answer ? jsx(Content, { answer, phase, part, trouble: phase === "failed" ? trouble : "", call, logsUrl }) : jsx(Nothing, { phase, trouble }),
  );
}
