/* How a figure changed since the same time a day before, and whether that is good. */

const BETTER = { errors: -1, p99: -1, uptime: 1 }; // which way is the good one; the others just are
const POINTS = new Set(["ratio"]); // shares change by percentage points, all else by a part of itself
const SAME = 0.005;

/** Returns `{sign, amount, points, kind}` of a change; `amount` is in percent, or in points of a share; null: from nothing. */
export function changeOf({ name, unit, value, before }) {
  if (value === null || value === undefined || before === null || before === undefined) return null;
  const points = POINTS.has(unit);
  if (!points && before === 0) return { sign: Math.sign(value), amount: null, points, kind: "" }; // no part of nothing
  const amount = points ? (value - before) * 100 : (value / before - 1) * 100;
  const sign = Math.abs(amount) < SAME ? 0 : Math.sign(amount);
  const good = sign * (BETTER[name] ?? 0);
  return { sign, amount: Math.abs(amount), points, kind: good > 0 ? "better" : good < 0 ? "worse" : "" };
}
