import type { PreparedCondition, Outcome } from './situation.ts';

type Verdict = Outcome['verdict'];

/** What is not known, the worst first. */
const UNKNOWN: readonly Verdict[] = ['error', 'no_data', 'learning'];
const MOST_SHOWN = 3;

/**
 * All hold. One that does not decides it, whatever is unknown of the others; otherwise one that is unknown
 * leaves it unknown. What has nothing to judge decides nothing.
 */
export function prepareAll(parts: readonly PreparedCondition[], text: string): PreparedCondition {
  return joined(parts, text, (outcomes) => {
    const broken = outcomes.filter(({ verdict }) => verdict === 'broken');
    if (broken.length > 0) return told('broken', broken);
    const unknown = worst(outcomes);
    if (unknown !== null) return unknown;
    const holding = outcomes.filter(({ verdict }) => verdict === 'holds');
    return holding.length > 0 ? told('holds', holding) : told('skipped', outcomes);
  });
}

/** One holds. One that surely does decides it; otherwise one that is unknown leaves it unknown. */
export function prepareAny(parts: readonly PreparedCondition[], text: string): PreparedCondition {
  return joined(parts, text, (outcomes) => {
    const holding = outcomes.find(({ verdict }) => verdict === 'holds');
    if (holding !== undefined) return holding;
    const unknown = worst(outcomes);
    if (unknown !== null) return unknown;
    const broken = outcomes.filter(({ verdict }) => verdict === 'broken');
    if (broken.length === 0) return told('skipped', outcomes);
    const all = told('broken', broken);
    return broken.length === 1 ? all : { ...all, message: `none holds: ${all.message}` };
  });
}

/** It does not hold; what is unknown stays so. */
export function prepareNot(inner: PreparedCondition, text: string): PreparedCondition {
  return joined([inner], text, ([outcome]) => {
    if (outcome === undefined) throw new RangeError('nothing to negate');
    if (outcome.verdict !== 'holds' && outcome.verdict !== 'broken') return outcome;
    const verdict = outcome.verdict === 'holds' ? 'broken' : 'holds';
    return { ...outcome, verdict, message: negated(outcome, inner.expected, text) };
  });
}

/** `row_count is 0, expected not (row_count = 0)`: what was expected is the opposite of what is negated. */
function negated({ message, expected: own }: Outcome, expected: string, text: string): string {
  const end = `, expected ${own ?? expected}`;
  return message.endsWith(end)
    ? `${message.slice(0, -end.length)}, expected ${text}`
    : `expected ${text}: ${message}`;
}

function joined(
  parts: readonly PreparedCondition[],
  text: string,
  decide: (outcomes: readonly Outcome[]) => Outcome,
): PreparedCondition {
  return {
    facts: parts.flatMap(({ facts }) => facts),
    pastFacts: parts.flatMap(({ pastFacts }) => pastFacts),
    history: Math.max(0, ...parts.map(({ history }) => history)),
    expected: text,
    evaluate: (situation) => {
      const { value, verdict, message } = decide(parts.map((part) => part.evaluate(situation)));
      return { verdict, value, message, expected: text };
    },
  };
}

function worst(outcomes: readonly Outcome[]): Outcome | null {
  for (const verdict of UNKNOWN) {
    const found = outcomes.filter((outcome) => outcome.verdict === verdict);
    if (found.length > 0) return told(verdict, found);
  }
  return null;
}

function told(verdict: Verdict, outcomes: readonly Outcome[]): Outcome {
  const shown = outcomes.slice(0, MOST_SHOWN).map(({ message }) => message);
  const more = outcomes.length > MOST_SHOWN ? `; and ${outcomes.length - MOST_SHOWN} more` : '';
  return { verdict, value: outcomes[0]?.value ?? null, message: `${shown.join('; ')}${more}` };
}
