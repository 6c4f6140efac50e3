import { detectSigma } from '#detectors/sigma.ts';
import { makeCheck } from '#rules/contract/make-check.ts';
import { evaluateCheck, type Evidence } from '#rules/expression/evaluate.ts';
import { factsOf } from '#rules/expression/facts.ts';
import { parseExpression } from '#rules/expression/parse.ts';

/**
 * How many checks are answered from stored measurements per second, each with 30 partitions of history:
 * `node test/bench/checks/main.ts [--json]`. Reading from the store is not among it.
 */
const TEXTS = [
  'row_count > 0',
  'null_percentage(c) < 1%',
  'min(c) >= 0 and max(c) <= 1000000',
  "status in ('paid', 'open') for 99.9% of rows",
  'unique(id)',
  'row_count = row_count(bronze.t) within 0.1%',
  'sum(c) within 50% of avg_last(7)',
  'avg(c) > 0.5 * median_last(14)',
  'freshness(at) < 2 days',
  'row_count not anomalous(2 sigma)',
];
const COUNT = 10_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const ROUNDS = 5;

const texts = Array.from({ length: COUNT }, (_, index) =>
  (TEXTS[index % TEXTS.length] ?? '').replaceAll(/\b(?:c|id|at|status)\b/g, (name) => `${name}${index}`),
);

const parsing = performance.now();
const checks = texts.map((text) => {
  const parsed = parseExpression(text);
  if (parsed.status === 'error') throw new Error(`${text}: ${parsed.problem.message}`);
  return makeCheck(text, parsed.expression, 'block', { line: 1, column: 1 }, 'quality');
});
const evidence = checks.map((check): Evidence => {
  const facts = (day: number): Map<string, number> =>
    new Map(factsOf(check.expression).facts.map((key) => [key, key.includes('null') ? 0 : 1000 + (day % 5)]));
  const history = Array.from({ length: 30 }, (_, day) => {
    const at = new Date(START + day * DAY_MS);
    return { partition: `dt=${at.toISOString().slice(0, 10)}`, at, facts: facts(day), excluded: null };
  });
  const at = new Date(START + 30 * DAY_MS);
  const now = new Date(at.getTime() + DAY_MS / 2);
  return {
    facts: facts(30),
    history,
    partition: 'dt=2026-01-31',
    partitionAt: at,
    now,
    anomaly: detectSigma,
  };
});
const prepared = performance.now() - parsing;

const rounds = Array.from({ length: ROUNDS }, () => {
  const begin = performance.now();
  let passes = 0;
  checks.forEach((check, index) => {
    const known = evidence[index];
    if (known && evaluateCheck(check, known).status === 'pass') passes += 1;
  });
  return { perSecond: Math.round((COUNT * 1000) / (performance.now() - begin)), passes };
});
const perSecond = rounds.map((round) => round.perSecond).toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
const first = rounds[0]?.perSecond ?? 0;
const report = { checks: COUNT, perSecond, firstRoundPerSecond: first, preparedInMs: Math.round(prepared) };
if (process.argv.includes('--json')) console.log(JSON.stringify(report));
else
  console.log(
    `${COUNT} checks: ${perSecond} answered per second (median of ${ROUNDS}; ${first} the first time); parsed with ${30 * COUNT} partitions of facts in ${report.preparedInMs} ms`,
  );
