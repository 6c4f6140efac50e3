import type { NoValue } from './fact-view.ts';
import type { Outcome, Situation } from './situation.ts';

/**
 * What a condition is when a side of it has no value: says which and why. An empty candidate that the contract
 * allows leaves nothing to judge; neither does a column of nulls for a constraint on its values, because whether
 * nulls may be is the business of `required`.
 */
export function unknownOutcome(
  name: string,
  found: NoValue,
  { check, options }: Situation,
  value: number | null = null,
): Outcome {
  if (found.status === 'error')
    return { verdict: 'error', value, message: `${name} could not be computed: ${found.reason}` };
  if (found.status === 'learning')
    return { verdict: 'learning', value, message: `${name} is not judged: ${found.reason}` };
  const itself = found.cause === 'missing' && found.reason.startsWith(`${name} was not measured`);
  const message = itself
    ? found.reason
    : `${name} ${found.cause === 'missing' ? 'is unknown' : 'has no value'}: ${found.reason}`;
  const allowed = found.cause === 'empty' && options.emptyPartition === 'allow';
  const nothingToJudge = found.cause === 'all_null' && check.origin === 'constraint';
  return { verdict: allowed || nothingToJudge ? 'skipped' : 'no_data', value, message };
}
