import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { failedNow } from '#gate/run-evidence.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { AssertionViewRow } from '#store/assertions.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import { stage } from '#test/adapters/postgres/warehouse.ts';
import { facet, sampleEvent, type SampleOptions } from '#test/support/sample-events.ts';
import { testGate } from './gate.ts';

const id = (n: number): string => `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`;
const DAY = '2001-01-01';
const GOLD = { namespace: 'demo', name: 'gold.daily_routes' };

interface Told {
  readonly send: (...events: readonly Partial<SampleOptions>[]) => Promise<void>;
  readonly evaluate: (run?: number) => Promise<EvaluationRow>;
}

/** A gate whose candidate passes its contract; what events say of it is all that may hold it. */
async function told(t: TestContext): Promise<Told> {
  const { services, house, dataset } = await testGate(t);
  const ingest = new Ingest({ database: services.database, now: () => new Date('2026-01-01T12:00:00Z') });
  const ref = await stage(house, DAY, 3);
  return {
    async send(...events) {
      for (const event of events) {
        const bytes = sampleEvent({ runId: id(1), time: '2026-01-01T00:00:00Z', type: 'COMPLETE', ...event });
        assert.equal((await ingest.receive(bytes, 'http')).status, 'accepted');
      }
    },
    evaluate: (run) =>
      evaluateCandidate(
        services,
        {
          datasetId: dataset,
          partition: `flight_date=${DAY}`,
          candidate: { kind: 'table', ref },
          ...(run !== undefined && { run: id(run) }),
        },
        new Date('2026-01-01T04:00:00Z'),
      ),
  };
}

const below = (run: number): object => ({
  parent: facet({ run: { runId: id(run) }, job: { namespace: 'tests', name: 'above' } }),
});
const tested = (
  success: boolean,
  more: object = {},
  about: object = { namespace: 'pg://db', name: 'staging' },
): object => ({
  ...about,
  facets: {
    dataQualityAssertions: facet({
      assertions: [{ assertion: 'not_null', column: 'carrier', success, ...more }],
    }),
  },
});
const reasonsOf = ({ decision, reasons }: EvaluationRow): string[] => [
  String(decision),
  ...reasons.map(({ checkId, status }) => `${checkId} ${status}`),
];

describe('what the pipeline says of a candidate', () => {
  test('a failed run below the one that is named blocks; one that goes on does not', async (t) => {
    const { send, evaluate } = await told(t);
    await send({ runId: id(1), type: 'START' }, { runId: id(2), job: 'a', runFacets: below(1) });
    assert.deepEqual(reasonsOf(await evaluate(1)), ['allow']);
    await send({ runId: id(3), type: 'FAIL', job: 'b', runFacets: below(2) });
    assert.deepEqual(reasonsOf(await evaluate(1)), ['block', 'gate.run fail']);
    assert.deepEqual(reasonsOf(await evaluate()), ['allow']);
  });

  test('a run that fell silent is not known to be good', async (t) => {
    const { send, evaluate } = await told(t);
    await send(
      { runId: id(1) },
      { runId: id(2), job: 'a', type: 'START', time: '2025-12-31T12:00:00Z', runFacets: below(1) },
    );
    assert.deepEqual(reasonsOf(await evaluate(1)), ['unknown', 'gate.run error']);
  });

  test('a run that nobody has told of is not known to be good', async (t) => {
    const { evaluate } = await told(t);
    assert.deepEqual(reasonsOf(await evaluate(9)), ['unknown', 'gate.run no_data']);
  });

  test('a failed assertion of severity error blocks although its run completed; one of severity warn warns', async (t) => {
    const { send, evaluate } = await told(t);
    await send(
      { runId: id(1) },
      { runId: id(2), job: 'dbt test', runFacets: below(1), inputs: [tested(false, { severity: 'warn' })] },
    );
    assert.deepEqual(reasonsOf(await evaluate(1)), ['allow', 'assertion:staging:not_null(carrier) fail']);
    await send({
      runId: id(3),
      job: 'dbt test',
      time: '2026-01-01T00:01:00Z',
      runFacets: below(1),
      inputs: [tested(false, { name: 'n', actual: '4' })],
    });
    const held = await evaluate(1);
    assert.equal(reasonsOf(held)[1], 'assertion:staging:not_null(carrier):n fail');
    assert.equal(held.decision, 'block');
    assert.match(JSON.stringify(held.reasons), /The test n on staging failed; it found 4\./);
  });

  test('the last word of a test counts: tried again and passed', async (t) => {
    const { send, evaluate } = await told(t);
    const again = { job: 'dbt test', runFacets: below(1) };
    await send(
      { runId: id(1) },
      { ...again, runId: id(2), time: '2026-01-01T00:01:00Z', inputs: [tested(false)] },
      { ...again, runId: id(3), time: '2026-01-01T00:02:00Z', inputs: [tested(true)] },
    );
    assert.deepEqual(reasonsOf(await evaluate(1)), ['allow']);
  });

  test('a singular test (the run’s test facet) counts as well', async (t) => {
    const { send, evaluate } = await told(t);
    const runFacets = { ...below(1), test: facet({ tests: [{ name: 'totals_match', status: 'fail' }] }) };
    await send({ runId: id(1) }, { runId: id(2), job: 'test', runFacets });
    assert.deepEqual(reasonsOf(await evaluate(1)), ['block', 'assertion:run:totals_match fail']);
  });

  test('without a run: what was said of the target’s partition since it was written last', async (t) => {
    const { send, evaluate } = await told(t);
    const partition = {
      subset: facet({
        outputCondition: { type: 'partition', partitions: [{ dimensions: { flight_date: DAY } }] },
      }),
    };
    await send(
      { runId: id(1), time: '2026-01-01T00:01:00Z', job: 'test', inputs: [tested(false, {}, GOLD)] },
      { runId: id(2), time: '2026-01-01T00:02:00Z', outputs: [{ ...GOLD, outputFacets: partition }] },
    );
    assert.deepEqual(reasonsOf(await evaluate()), ['allow']);
    await send({
      runId: id(3),
      time: '2026-01-01T00:03:00Z',
      job: 'test',
      inputs: [tested(false, {}, GOLD)],
    });
    assert.deepEqual(reasonsOf(await evaluate()), [
      'block',
      'assertion:gold.daily_routes:not_null(carrier) fail',
    ]);
  });
});

test('of two results in one statement the failed one counts, in any order; skipped ones say nothing', () => {
  const result = (success: boolean | null): AssertionViewRow['results'][number] => ({
    assertion: 'a',
    column: null,
    name: null,
    success,
    severity: 'error',
    expected: null,
    actual: null,
    description: null,
  });
  const row = (key: string, ...successes: (boolean | null)[]): AssertionViewRow => ({
    run_id: id(1),
    dataset_id: id(2),
    namespace: null,
    dataset: null,
    partition: '',
    facet: 'dataQualityAssertions',
    key,
    results: successes.map(result),
  });
  assert.equal(failedNow([row('1', true, false)]).length, 1);
  assert.equal(failedNow([row('1', false, true)]).length, 1);
  assert.equal(failedNow([row('2', true), row('1', false)]).length, 0);
  assert.equal(failedNow([row('2', null), row('1', false)]).length, 1);
});
