import type { Detection, HardRule } from '#model/detection.ts';
import { formatNumber, formatPercent } from '#model/number-text.ts';

const DIGITS = 4;
const MOST_DIGITS = 12;

const RULES: Readonly<Record<HardRule, string>> = {
  absent: 'there is no partition',
  empty: 'the partition is empty',
  exact_repeat: 'exactly the value of the partition before: a stale copy?',
  out_of_bounds_while_learning: 'far from all that was seen so far',
};

/** One sentence: the value, what was expected, and what that is often a sign of. */
export function messageOf(found: Omit<Detection, 'message'>, label: string, percent: boolean): string {
  const digits = digitsFor(found);
  const show = (value: number): string =>
    percent ? formatPercent(value, digits) : formatNumber(value, digits);
  const reasons = found.rules.map((rule) => RULES[rule]);
  if (found.value === null) {
    return `${reasons[0] ?? 'there is no value'}: ${label} cannot be judged`;
  }
  const outside = found.status === 'anomalous' || found.status === 'notice';
  if (found.hint !== null && outside) reasons.push(found.hint);
  const value = `${label} is ${show(found.value)}`;
  const suffix = reasons.map((reason) => `; ${reason}`).join('');
  if (found.low === null || found.high === null || found.expected === null) {
    const learning = `still learning from ${found.points} partition${found.points === 1 ? '' : 's'}`;
    return `${value}, ${learning}${suffix}`;
  }
  const range = `${show(found.low)} to ${show(found.high)} expected`;
  const holiday = found.holiday === null ? '' : ` on ${found.holiday}`;
  const within = found.value >= found.low && found.value <= found.high;
  if (found.status === 'notice' && within && found.z !== null && found.z !== 0) {
    const scales = formatNumber(Math.abs(found.z), 2);
    const side = found.z > 0 ? 'above' : 'below';
    const alarm = `an alarm from ${formatNumber(found.threshold, 2)} on, outside ${show(found.low)} to ${show(found.high)}`;
    return `${value}, ${scales} scales ${side} what is expected${holiday} (around ${show(found.expected)}): worth a note, ${alarm}${suffix}`;
  }
  const place = within ? 'within the' : found.value < found.low ? 'below the' : 'above the';
  return `${value}, ${place} ${range}${holiday} (around ${show(found.expected)})${suffix}`;
}

/** As few digits as tell the value from the end of the range that it lies beyond: never "774.8, above 774.8". */
function digitsFor({ value, low, high }: Pick<Detection, 'value' | 'low' | 'high'>): number {
  const end =
    value === null || low === null || high === null ? null : value < low ? low : value > high ? high : null;
  if (value === null || end === null) return DIGITS;
  for (let digits = DIGITS; digits < MOST_DIGITS; digits += 1)
    if (formatNumber(value, digits) !== formatNumber(end, digits)) return digits;
  return MOST_DIGITS;
}
