/* Math as GitHub reads it: `$x$` is a formula, and a price is not. */
import { math } from "micromark-extension-math";
import { mathFromMarkdown } from "mdast-util-math";

const DOLLAR = 36;
const isWord = (code) => code !== null && code > 0 && /[\p{L}\p{N}_]/u.test(String.fromCodePoint(code));

/** Says whether what stands between two single dollars is a formula; `next` is the code after it. */
function isFormula(source, next) {
  if (source.startsWith("$$")) return true;
  const inner = source.slice(1, -1);
  return inner.trim() === inner && !isWord(next);
}

/** The construct of a formula in a line, which gives up where GitHub sees money. */
function guarded(construct) {
  return {
    ...construct,
    tokenize(effects, ok, nok) {
      const { events, previous } = this;
      const checked = (code) => {
        const [, token] = events[events.length - 1];
        return isFormula(this.sliceSerialize(token), code) ? ok(code) : nok(code);
      };
      const begin = construct.tokenize.call(this, effects, checked, nok);
      return (code) => (isWord(previous) ? nok(code) : begin(code));
    },
  };
}

/** The extension of the parser. */
export function mathSyntax() {
  const made = math();
  return { ...made, text: { [DOLLAR]: guarded(made.text[DOLLAR]) } };
}

/** The extension of the tree; "$`x`$" loses its backticks as on GitHub. */
export function mathTree() {
  const made = mathFromMarkdown();
  const leave = made.exit.mathText;
  made.exit.mathText = function (token) {
    leave.call(this, token);
    const node = this.stack.at(-1).children.at(-1);
    const bare = /^`([^`]+)`$/.exec(node.value);
    if (!bare) return;
    node.value = bare[1];
    node.data.hChildren = [{ type: "text", value: bare[1] }];
  };
  return made;
}
