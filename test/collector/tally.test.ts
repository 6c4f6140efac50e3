import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { plainCounter, TallyHistogram } from '#collector/telemetry/tally.ts';

const BOUNDS = [0.001, 0.01, 0.1, 1];
const VALUES = [0, 0.0005, 0.001, 0.0011, 0.01, 0.5, 1, 1.0001, 100];

test('a tally says what the histogram of prom-client says of the same values', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const described = { name: 'request_seconds', help: 'Time' };
  const tallies = new TallyHistogram({ ...described, bounds: BOUNDS, registry: ours });
  const histogram = new Histogram({
    ...described,
    labelNames: ['route', 'status'],
    buckets: BOUNDS,
    registers: [theirs],
  });
  for (const labels of [
    { route: '/a', status: '200' },
    { route: '/b "quoted"\n', status: '404' },
  ]) {
    const tally = tallies.tally(labels);
    for (const value of VALUES) {
      tally.observe(value);
      histogram.observe(labels, value);
    }
  }
  assert.equal(await ours.metrics(), await theirs.metrics());
  const values = async (registry: Registry) =>
    (await registry.getMetricsAsJSON()).flatMap((metric) =>
      metric.values.map(({ labels, value }) => ({ labels, value })),
    );
  assert.deepEqual(await values(ours), await values(theirs));
});

test('without labels too, and before anything was observed', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const tally = new TallyHistogram({ name: 'x', help: 'X', bounds: BOUNDS, registry: ours }).tally();
  const histogram = new Histogram({ name: 'x', help: 'X', buckets: BOUNDS, registers: [theirs] });
  assert.equal(await ours.metrics(), await theirs.metrics());
  for (const value of VALUES) {
    tally.observe(value);
    histogram.observe(value);
  }
  assert.equal(await ours.metrics(), await theirs.metrics());
});

test('a plain counter is read anew at each scrape, and says nothing of what never was', async () => {
  const registry = new Registry();
  const counts = plainCounter({ name: 'events_total', help: 'Events', registry }, 'outcome', {
    stored: 0,
    lost: 0,
  });
  counts.stored += 2;
  const expected =
    '# HELP events_total Events\n# TYPE events_total counter\nevents_total{outcome="stored"} 2\n';
  assert.equal(await registry.metrics(), expected);
  assert.equal(await registry.metrics(), expected);
  counts.stored += 1;
  assert.match(await registry.metrics(), /\{outcome="stored"\} 3\n$/);
});
