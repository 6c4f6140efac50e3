import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isUuid } from '#model/ids.ts';
import { functionTimes, type CpuProfile } from './bench/cpu-profile.ts';
import { interleave, show, table } from './bench/frame.ts';
import { describeMix, EventGenerator, type Temperature } from './bench/ingest/event-generator.ts';
import { ReferenceProjector } from './bench/ingest/reference-projector.ts';
import { differences } from './bench/ingest/stored-counts.ts';
import { processorUse } from './bench/processor-time.ts';
import { median, percentile, seededRandom, summariseLatencies } from './bench/statistics.ts';
import { recordedEvents } from './support/recorded-events.ts';
import { noShared } from './support/shared-data.ts';

interface Sent {
  readonly inputs: readonly { readonly namespace: string; readonly name: string }[];
  readonly outputs: readonly { readonly namespace: string; readonly name: string }[];
  readonly eventType: string;
  readonly eventTime: string;
  readonly run: {
    readonly runId: string;
    readonly facets: { readonly parent: { readonly run: { readonly runId: string } } };
  };
  readonly job: { readonly name: string };
}

const JOBS = 65;
const options = { seed: 7, jobs: JOBS, startAt: Date.UTC(2026, 10, 21, 12) };
const generator = new EventGenerator(options);
const passOf = (pass: number, temperature: Temperature): Sent[] =>
  Array.from(
    { length: generator.eventsPerPass },
    (_, index) =>
      JSON.parse(
        generator.event(pass * generator.eventsPerPass + index, temperature).toString('utf8'),
      ) as Sent,
  );

const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] =>
  [...a].filter((text) => b.has(text));

describe('statistics of the benchmarks', () => {
  it('takes percentiles by the nearest rank', () => {
    const values = [15, 20, 35, 40, 50];
    assert.deepEqual(
      [5, 30, 40, 50, 100].map((p) => percentile(values, p)),
      [15, 20, 20, 35, 50],
    );
    assert.equal(percentile([3], 99), 3);
    assert.ok(Number.isNaN(percentile([], 50)));
  });

  it('takes the median of odd and even numbers of values, in any order', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 1, 4, 3]), 3.5);
    assert.ok(Number.isNaN(median([])));
  });

  it('sums up latencies', () => {
    const summary = summariseLatencies(Array.from({ length: 1000 }, (_, index) => 1000 - index));
    assert.deepEqual(summary, { count: 1000, p50Ms: 500, p99Ms: 990, p999Ms: 999, maxMs: 1000 });
  });

  it('makes the same random numbers from the same seed', () => {
    const draw = (seed: number): number[] => Array.from({ length: 50 }, seededRandom(seed));
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
    assert.ok(draw(3).every((value) => value >= 0 && value < 1));
  });
});

describe('frame of the benchmarks', () => {
  const rungsThatNote = (
    order: string[],
    foreign: () => number,
  ): { name: string; measure: () => Promise<{ foreignCores: number }> }[] =>
    ['a', 'b', 'c'].map((name) => ({
      name,
      measure: () => {
        order.push(name);
        return Promise.resolve({ foreignCores: foreign() });
      },
    }));
  const progress = (): void => {};

  it('measures every rung in every round, beginning with another one each time', async () => {
    const order: string[] = [];
    const samples = await interleave(
      rungsThatNote(order, () => 0),
      { rounds: 3, repeats: 5, progress },
    );
    assert.equal(order.join(''), 'abcbcacab');
    assert.deepEqual(
      [...samples.values()].map((list) => list.length),
      [3, 3, 3],
    );
  });

  it('repeats a disturbed measurement once and keeps the quieter, as long as repeats are left', async () => {
    const order: string[] = [];
    const disturbances = [0.5, 0.2, 0.3, 0.9, 0.8];
    const samples = await interleave(
      rungsThatNote(order, () => disturbances.shift() ?? 0),
      { rounds: 1, repeats: 2, progress },
    );
    assert.equal(order.join(''), 'aabbc');
    assert.deepEqual(
      [...samples.values()].flat().map(({ foreignCores }) => foreignCores),
      [0.2, 0.3, 0.8],
    );
  });

  it('tells foreign processor time from our own', () => {
    const before = { takenAt: 1000, groups: { node: 5, postgres: 2 }, machine: 100 };
    const after = { takenAt: 3000, groups: { node: 6, postgres: 2.5 }, machine: 102 };
    assert.deepEqual(processorUse(before, after), {
      seconds: 2,
      groups: { node: 1, postgres: 0.5 },
      foreignCores: 0.25,
    });
  });

  it('prints numbers with the digits they deserve', () => {
    assert.deepEqual(
      [9071.4, 123.4, 12.345, 1.2345, 0.01234, 0, Number.NaN].map((value) => show(value)),
      ['9,071', '123', '12.3', '1.23', '0.012', '0', '-'],
    );
    assert.deepEqual(
      table(
        ['rung', 'x'],
        [
          ['a', '10'],
          ['long', '9'],
        ],
      ),
      ['rung   x', '----  --', 'a     10', 'long   9'],
    );
  });

  it('sums the time of functions within a window, idle time left out and recursion counted once', () => {
    const node = (
      id: number,
      functionName: string,
      children: number[] = [],
    ): CpuProfile['nodes'][number] => ({
      id,
      callFrame: { functionName, url: '', lineNumber: 0 },
      children,
    });
    const profile = {
      nodes: [
        node(1, '(root)', [2, 3]),
        node(2, '(idle)'),
        node(3, 'receive', [4]),
        node(4, 'parse', [5]),
        node(5, 'parse'),
      ],
      startTime: 1000,
      samples: [3, 2, 4, 5, 3],
      timeDeltas: [100, 500, 20, 10, 5],
    };
    const { busy, functions } = functionTimes(profile, 1200, 2000);
    assert.equal(busy, 35);
    assert.deepEqual(functions, [
      { name: 'parse', self: 30, total: 30 },
      { name: 'receive', self: 5, total: 35 },
      { name: '(root)', self: 0, total: 35 },
    ]);
  });
});

describe('generator of events', () => {
  it('makes the same bytes from the same seed, others from another', () => {
    const twin = new EventGenerator(options);
    const other = new EventGenerator({ ...options, seed: 8 });
    for (const index of [0, 1, 50, 99, 100, 12_345]) {
      assert.deepEqual(twin.event(index, 'warm'), generator.event(index, 'warm'));
      assert.deepEqual(twin.event(index, 'cold'), generator.event(index, 'cold'));
    }
    assert.notDeepEqual(other.event(0, 'warm'), generator.event(0, 'warm'));
  });

  it('mixes 70, 28 and 2 of 100 events, of about 4, 20 and 190 KB', () => {
    const { shares, meanBytes, meanBytesBySize } = describeMix(generator, generator.eventsPerPass);
    assert.equal(generator.eventsPerPass, 100);
    assert.deepEqual(shares, { small: 0.7, medium: 0.28, large: 0.02 });
    assert.ok(Math.abs(meanBytesBySize.small - 4300) < 300, `small ${meanBytesBySize.small}`);
    assert.ok(Math.abs(meanBytesBySize.medium - 19_600) < 1500, `medium ${meanBytesBySize.medium}`);
    assert.ok(Math.abs(meanBytesBySize.large - 191_000) < 20_000, `large ${meanBytesBySize.large}`);
    assert.ok(Math.abs(meanBytes - 12_300) < 1000, `mean ${meanBytes}`);
  });

  it('leaves no placeholder behind and makes every event unique', () => {
    const texts = [0, 1, 2].flatMap((pass) => passOf(pass, 'cold').map((event) => JSON.stringify(event)));
    assert.equal(new Set(texts).size, texts.length);
    assert.deepEqual(
      texts.filter((text) => text.includes('@@')),
      [],
    );
  });

  it('lets START and COMPLETE of a task share their run, and the tasks of a DAG their parent', () => {
    const events = passOf(0, 'warm');
    const runs = Map.groupBy(events, (event) => event.run.runId);
    assert.equal(runs.size, JOBS);
    for (const [runId, ofRun] of runs) {
      assert.ok(isUuid(runId));
      assert.equal(new Set(ofRun.map((event) => event.job.name)).size, 1);
      assert.ok(['COMPLETE', 'START COMPLETE'].includes(ofRun.map((event) => event.eventType).join(' ')));
    }
    const parents = new Set(events.map((event) => event.run.facets.parent.run.runId));
    assert.ok(parents.size < JOBS / 3 && [...parents].every((parent) => isUuid(parent) && !runs.has(parent)));
  });

  it('names the same jobs in every warm pass and new ones in every cold pass, always with new runs', () => {
    const jobsOf = (pass: number, temperature: Temperature): Set<string> =>
      new Set(passOf(pass, temperature).map((event) => event.job.name));
    assert.deepEqual(jobsOf(0, 'warm'), jobsOf(1, 'warm'));
    assert.deepEqual(common(jobsOf(0, 'cold'), jobsOf(1, 'cold')), []);
    const runsOf = (pass: number): Set<string> =>
      new Set(passOf(pass, 'warm').map((event) => event.run.runId));
    assert.deepEqual(common(runsOf(0), runsOf(1)), []);
  });

  it('has twice as many datasets as jobs', () => {
    const names = passOf(0, 'warm').flatMap(({ inputs, outputs }) =>
      [...inputs, ...outputs].map(({ namespace, name }) => `${namespace} ${name}`),
    );
    assert.equal(new Set(names).size, 2 * JOBS);
  });
});

describe('reference projector', () => {
  it('counts what the recorded events say, in any order and however often', { skip: noShared() }, () => {
    const texts = recordedEvents().map(({ bytes }) => bytes.toString('utf8'));
    const count = (list: readonly string[]): object => {
      const projector = new ReferenceProjector();
      for (const text of list) projector.add(text);
      return projector.counts();
    };
    // Counted once by hand with another program.
    const expected = {
      events: 49,
      namespaces: 9,
      jobs: 23,
      runs: 24,
      completedRuns: 24,
      runEvents: 49,
      datasets: 21,
      runDatasets: 33,
      jobDatasets: 33,
      schemaVersions: 2,
      schemaColumns: 6,
      datasetSchemas: 7,
      columnEdges: 18,
      outputRows: 4,
    };
    assert.deepEqual(count(texts), expected);
    assert.deepEqual(count([...texts, ...texts].reverse()), expected);
  });

  it('names every count that differs', () => {
    const counts = new ReferenceProjector().counts();
    assert.deepEqual(differences(counts, counts), []);
    assert.deepEqual(differences({ ...counts, runs: 2 }, { ...counts, datasets: 1 }), [
      'runs: 2 stored, 0 expected',
      'datasets: 0 stored, 1 expected',
    ]);
  });
});
