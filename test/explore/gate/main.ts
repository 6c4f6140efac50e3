/**
 * `npm run explore:gate [-- --seconds 60 --seed N --json --publisher NAME]`: plays random schedules of crashes, lost
 * answers, late statements and concurrent gates against every publisher and the breaker, on a model of StarRocks's
 * frontend.
 * Exit code 1 when a property did not hold; the schedule is printed, and `--seed` with `--schedules 1` plays it again.
 */
import { parseArgs } from 'node:util';
import { playSchedule } from './explore.ts';
import { PUBLISHERS } from './together.ts';
import { playBreaker } from '#test/explore/breaker/schedule.ts';
import { seededRandom } from '#test/bench/statistics.ts';

/** Everything that is played: the publishers, and the breaker of what routine loads feed. */
const PLAYED = [
  ...PUBLISHERS.map((publisher) => ({
    name: publisher.name,
    play: (random: () => number, seen: Set<string>) => playSchedule(publisher, random, seen),
  })),
  {
    name: 'routine load',
    play: async (random: () => number, seen: Set<string>) => ({
      publications: 0,
      rollbacks: 0,
      ...(await playBreaker(random, undefined, seen)),
    }),
  },
];

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    schedules: { type: 'string' },
    publisher: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

function wrongUse(text: string): never {
  console.error(`explore:gate: ${text}`);
  return process.exit(4);
}

function numberOf(name: 'seconds' | 'seed' | 'schedules', text: string): number {
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : wrongUse(`--${name} must be a number of at least 0.`);
}

const seconds = numberOf('seconds', values.seconds);
const seed = numberOf('seed', values.seed);
const most = values.schedules === undefined ? Infinity : numberOf('schedules', values.schedules);
const chosen = PLAYED.filter(({ name }) => values.publisher === undefined || name === values.publisher);
if (chosen.length === 0)
  wrongUse(
    `there is no publisher ${values.publisher}; there are: ${PLAYED.map(({ name }) => name).join(', ')}.`,
  );

const states = new Set<string>();
const counts: Record<
  string,
  { schedules: number; steps: number; publications: number; rollbacks: number; violations: number }
> = {};
const violations: {
  publisher: string;
  seed: number;
  violations: readonly string[];
  trace: readonly string[];
}[] = [];
const end = Date.now() + seconds * 1000;
let schedules = 0;
for (let next = seed; Date.now() < end && schedules < most; next += 1) {
  for (const publisher of chosen) {
    const result = await publisher.play(seededRandom(next), states);
    const count = (counts[publisher.name] ??= {
      schedules: 0,
      steps: 0,
      publications: 0,
      rollbacks: 0,
      violations: 0,
    });
    count.schedules += 1;
    count.steps += result.steps;
    count.publications += result.publications;
    count.rollbacks += result.rollbacks;
    schedules += 1;
    if (result.violations.length === 0) continue;
    count.violations += result.violations.length;
    violations.push({
      publisher: publisher.name,
      seed: next,
      violations: result.violations,
      trace: result.trace,
    });
  }
}

const total = violations.reduce((sum, one) => sum + one.violations.length, 0);
if (values.json)
  console.log(
    JSON.stringify(
      {
        states: states.size,
        schedules,
        violations: total,
        publishers: counts,
        found: violations.slice(0, 5),
      },
      null,
      2,
    ),
  );
else {
  console.log(`${schedules} schedules, ${states.size} different states, ${total} violations.`);
  console.table(counts);
  for (const { publisher, seed: at, violations: found, trace } of violations.slice(0, 3))
    console.log(
      `\n${publisher}, --seed ${at} --schedules ${chosen.length}:\n  ${found.join('\n  ')}\n    ${trace.join('\n    ')}`,
    );
}
process.exitCode = total > 0 ? 1 : 0;
