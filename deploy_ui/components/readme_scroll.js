/* Keeps the text of a README and its rendering beside each other while one of them is scrolled. */

/** Lines and heights of the rendered blocks, in order. */
function anchors(rendered, box) {
  const lines = rendered.lines();
  const top = box.getBoundingClientRect().top - box.scrollTop;
  const found = [{ line: 1, top: 0 }];
  rendered.blocks().forEach((block, at) => {
    if (lines[at] > found.at(-1).line) found.push({ line: lines[at], top: block.getBoundingClientRect().top - top });
  });
  return found;
}

/** The value of `to` where `from` has `value`, between the two anchors around it. */
function between(all, from, to, value) {
  let at = all.findIndex((each) => each[from] > value);
  if (at < 0) at = all.length - 1;
  const [before, after] = [all[Math.max(0, at - 1)], all[at]];
  const part = after[from] === before[from] ? 0 : Math.min(1, (value - before[from]) / (after[from] - before[from]));
  return before[to] + part * (after[to] - before[to]);
}

function topLine(view) {
  const block = view.lineBlockAtHeight(view.scrollDOM.scrollTop);
  const part = block.height ? (view.scrollDOM.scrollTop - block.top) / block.height : 0;
  return view.state.doc.lineAt(block.from).number + Math.max(0, part);
}

function topOf(view, line) {
  const whole = Math.min(view.state.doc.lines, Math.floor(line));
  const block = view.lineBlockAt(view.state.doc.line(whole).from);
  return block.top + (line - whole) * block.height;
}

const atEnd = (box) => box.scrollTop > 0 && box.scrollTop + box.clientHeight >= box.scrollHeight - 2;

/** Ties an editor and the box of its rendering; returns what unties them. */
export function tie(view, box, rendered) {
  const source = view.scrollDOM;
  let leading = source;
  let frame = 0;
  const follow = () => {
    frame = 0;
    if (!rendered.current?.root || !box.clientHeight) return;
    const all = [...anchors(rendered.current, box), { line: view.state.doc.lines + 1, top: rendered.current.root.scrollHeight }];
    const [other, aim] =
      leading === source ? [box, () => between(all, "line", "top", topLine(view))] : [source, () => topOf(view, between(all, "top", "line", box.scrollTop))];
    other.scrollTop = atEnd(leading) ? other.scrollHeight : aim();
  };
  const scrolled = ({ currentTarget }) => {
    if (currentTarget === leading) frame ||= requestAnimationFrame(follow);
  };
  const lead = ({ currentTarget }) => {
    leading = currentTarget;
  };
  const begins = ["pointerenter", "wheel", "touchstart", "keydown", "focusin"];
  for (const each of [source, box]) {
    each.addEventListener("scroll", scrolled, { passive: true });
    for (const name of begins) each.addEventListener(name, lead, { passive: true });
  }
  return () => {
    cancelAnimationFrame(frame);
    for (const each of [source, box]) {
      each.removeEventListener("scroll", scrolled);
      for (const name of begins) each.removeEventListener(name, lead);
    }
  };
}
