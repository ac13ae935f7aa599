/* How often charts are asked for again. */

const LEAST_WAIT_S = 2;
const MOST_WAIT_S = 300;
const AFTER_NEXT_S = 1;
const AFTER_FAILURE_S = 15;

export const REFRESHES = ["auto", "10", "30", "60", "off"];

/** How long to wait before asking again, in seconds; 0: not at all. */
export function waitOf(refresh, answer, failed, length) {
  if (refresh === "off") return 0;
  if (refresh !== "auto") return Number(refresh);
  if (failed) return AFTER_FAILURE_S;
  const slow = length > 86400 ? 60 : 0; // what moves by a pixel an hour is not asked for every 15 s
  return Math.min(MOST_WAIT_S, Math.max(LEAST_WAIT_S, slow, (answer?.next_in_s ?? AFTER_FAILURE_S) + AFTER_NEXT_S));
}
