/* The bars of a small picture as paths: what was nothing is a speck, what was little can still be seen. */

const LEAST = 1.5;
const TOP = 2; // stays free

/** Returns the paths of the hours without requests, of good answers, and of failed ones above these. */
export function bars({ bars: counts, errors }, width, height) {
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  const paths = { zero: "", good: "", wrong: "" };
  const tall = (count) => (count ? Math.max(LEAST, (count / most) * (height - TOP)) : 0);
  const short = (number) => Number(number.toFixed(1));
  counts.forEach((count, index) => {
    const x = short(step * index + step / 2);
    const failed = Math.min(errors[index] ?? 0, count);
    const whole = tall(count);
    const red = failed ? Math.min(whole, Math.max(LEAST, (whole * failed) / count)) : 0;
    if (!count) paths.zero += `M${x} ${height}v-1`;
    if (whole > red) paths.good += `M${x} ${height}v-${short(whole - red)}`;
    if (red) paths.wrong += `M${x} ${short(height - whole + red)}v-${short(red)}`;
  });
  return paths;
}
