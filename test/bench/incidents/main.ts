/**
 * `npm run bench:incidents [-- --json --worlds N --days N]`: how many pages true incidents cause under several policies, over
 * simulated failures in generated lineage graphs. Exit code 4 for wrong use.
 */
import { parseArgs } from 'node:util';
import { assay, grouped, nearestAncestor, onePerAlert, type Policy } from './policies.ts';
import { seededRandom } from '#test/bench/statistics.ts';
import { Score } from './score.ts';
import { graphOf, SETTINGS, storyOf } from './world.ts';

const POLICIES: Readonly<Record<string, Policy>> = {
  'one page per alert': onePerAlert,
  'same dataset within 24 h': grouped((dataset) => String(dataset), 1440, 0),
  'same owner within 4 h': grouped((dataset, graph) => graph.owner[dataset] ?? '', 240, 5),
  'same owner within 24 h': grouped((dataset, graph) => graph.owner[dataset] ?? '', 1440, 5),
  'nearest failing ancestor': nearestAncestor,
  assay: assay(),
};

function numberOf(text: string | undefined, fallback: number, name: string): number {
  const value = Number(text ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`bench:incidents: --${name} must be a whole number above 0.`);
  return process.exit(4);
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    worlds: { type: 'string' },
    days: { type: 'string' },
    datasets: { type: 'string' },
    seed: { type: 'string' },
  },
});
const worlds = numberOf(values.worlds, 3, 'worlds');
const settings = {
  ...SETTINGS,
  days: numberOf(values.days, SETTINGS.days, 'days'),
  datasets: numberOf(values.datasets, SETTINGS.datasets, 'datasets'),
};
const seed = numberOf(values.seed, 1, 'seed');

const scores = Object.fromEntries(Object.keys(POLICIES).map((name) => [name, new Score()]));
for (let world = 0; world < worlds; world += 1) {
  const random = seededRandom(seed * 1000 + world);
  const graph = graphOf(settings, random);
  const story = storyOf(graph, settings, random);
  for (const [name, policy] of Object.entries(POLICIES))
    scores[name]?.add(policy(story, graph), story, graph);
}
const figures = Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, score.figures()]));
if (values.json) console.log(JSON.stringify(figures, null, 2));
else
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([name, row]) => [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(2))])),
      ]),
    ),
  );
