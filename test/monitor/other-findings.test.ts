import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { costRates } from '#collector/cost-config.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { Judgement } from '#model/judgement.ts';
import { datasetId } from '#model/ids.ts';
import { tellLate, watchFreshness } from '#monitor/freshness-watch.ts';
import { otherEvidence } from '#monitor/other-evidence.ts';
import { otherFindings, type OtherSubject } from '#monitor/other-findings.ts';
import type { Database } from '#store/database.ts';
import { landingsOf, type LandingsRow } from '#store/detector-evidence.ts';
import { sql } from '#store/sql.ts';
import { putVerdicts } from '#store/verdicts.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const ID = datasetId('postgres://db:5432', 't');
const DAY_MS = 86_400_000;
/** Six in the morning of day n. */
const at = (n: number, seconds = 0): Date => new Date(Date.UTC(2026, 0, 5 + n, 6, 0, seconds));
const day = (n: number): string => at(n).toISOString().slice(0, 10);
const partition = (n: number): string => `dt=${day(n)}`;

interface Told {
  readonly schema?: readonly string[];
  readonly rows?: number;
  readonly seconds?: number;
  readonly type?: string;
  readonly days?: readonly number[];
  readonly read?: number;
}

/** A run of day n that took ten minutes. */
async function run(ingest: Ingest, n: number, told: Told = {}, id = n): Promise<void> {
  const runId = `018cc251-f400-7000-8000-${String(id).padStart(12, '0')}`;
  const { schema = ['id', 'amount'], rows = 1000, seconds = 600, type = 'COMPLETE', days = [n] } = told;
  await ingest.receive(sampleEvent({ runId, type: 'START', time: at(n, -seconds).toISOString() }), 'http');
  const inputs = [
    {
      namespace: 'postgres://db:5432',
      name: 'source',
      ...(told.read !== undefined && { inputFacets: { inputStatistics: facet({ size: told.read }) } }),
    },
  ];
  const outputs = days.map((one) => outputWithRows('t', rows, { schema, partition: { dt: day(one) } }));
  await ingest.receive(sampleEvent({ runId, type, time: at(n).toISOString(), inputs, outputs }), 'http');
}

const opened = async (
  t: Parameters<typeof testDatabase>[0],
): Promise<{ database: Database; ingest: Ingest }> => {
  const database = await testDatabase(t);
  return { database, ingest: new Ingest({ database, now: () => at(100) }) };
};

const asked = (
  n: number,
  standing: OtherSubject['standing'] = 'young',
): Omit<OtherSubject, 'schemaStep' | 'promise' | 'writer'> => ({
  datasetId: ID,
  partition: partition(n),
  standing,
});
async function told(database: Database, ...subjects: ReturnType<typeof asked>[]): Promise<Judgement[]> {
  return (await otherEvidence(database, subjects)).flatMap((one) => otherFindings(one));
}
const short = (judgements: readonly Judgement[]): string[] =>
  judgements.map(({ metric, status, finding }) => `${metric} ${status}${finding ? ' told' : ''}`);

describe('the schema against the write before', () => {
  test('a column that went and one that came', async (t) => {
    const { database, ingest } = await opened(t);
    await run(ingest, 0);
    await run(ingest, 1);
    await run(ingest, 2, { schema: ['id', 'region', 'note'] });
    assert.deepEqual(short(await told(database, asked(1))), ['run_duration learning', 'run_rows learning']);
    const [drift] = await told(database, asked(2));
    assert.ok(drift);
    assert.deepEqual(
      [drift.metric, drift.detector, drift.status, drift.finding, drift.value],
      ['schema', 'schema_drift', 'anomalous', true, 3],
    );
    assert.equal(
      drift.message,
      `other columns than before in ${partition(2)}: 1 removed (amount), 2 added (region, note)`,
    );
    const [old] = await told(database, asked(2, 'history'));
    assert.equal(old?.finding, false, 'what is old opens nothing');
  });

  test('a failed writer changes nothing, and a reader neither', async (t) => {
    const { database, ingest } = await opened(t);
    await run(ingest, 0);
    await run(ingest, 1, { schema: ['other'], type: 'FAIL' });
    await run(ingest, 2);
    const metrics = (await told(database, asked(1), asked(2))).map(({ metric }) => metric);
    assert.ok(!metrics.includes('schema'), metrics.join());
  });

  test('a partition that is written again is compared with its earlier write', async (t) => {
    const { database, ingest } = await opened(t);
    await run(ingest, 0);
    await run(ingest, 1, { schema: ['id', 'amount', 'note'], days: [0] });
    assert.deepEqual(short(await told(database, asked(0))), [
      'schema notice',
      'run_duration learning',
      'run_rows learning',
    ]);
  });
});

describe('the run against the earlier runs of its job', () => {
  test('three times as long, with twenty times as much read', async (t) => {
    const { database, ingest } = await opened(t);
    for (let n = 0; n < 12; n += 1) await run(ingest, n, { seconds: 600 + 7 * (n % 5), read: 1e6 });
    await run(ingest, 12, { seconds: 2000, read: 2e7 });
    const judgements = await told(database, asked(11), asked(12));
    assert.deepEqual(short(judgements), [
      'run_duration normal',
      'run_bytes_read normal',
      'run_rows normal',
      'run_duration anomalous told',
      'run_bytes_read anomalous told',
      'run_rows normal',
    ]);
    const slow = judgements.find(({ status }) => status === 'anomalous');
    assert.match(slow?.message ?? '', /^job took 33 min 20 s, 3\.\d times the usual/);
    assert.equal(slow?.detection?.points, 12);
  });

  test('with prices what it cost, by all that has a price', async (t) => {
    const { database, ingest } = await opened(t);
    for (let n = 0; n < 12; n += 1) await run(ingest, n, { seconds: 3600, read: 1e9 });
    await run(ingest, 12, { seconds: 3600, read: 5e9 });
    const cost = costRates({ per_gb_read: 10, per_hour: 2, currency: 'EUR' });
    const [other] = await otherEvidence(database, [asked(12)]);
    assert.ok(other);
    const judged = otherFindings(other, cost);
    const [found, ...more] = judged.filter(({ metric }) => metric === 'run_cost');
    assert.deepEqual([found?.value, found?.status, more.length], [52, 'anomalous', 0]);
    assert.match(found?.message ?? '', /cost 52 EUR/);
    assert.ok(judged.every(({ metric }) => metric !== 'run_seconds'));
    assert.equal(costRates({ currency: 'EUR' }), undefined);
  });

  test('failed runs are neither judged nor usual', async (t) => {
    const { database, ingest } = await opened(t);
    for (let n = 0; n < 8; n += 1) await run(ingest, n, { type: n < 6 ? 'FAIL' : 'COMPLETE' });
    const [duration] = await told(database, asked(7));
    assert.deepEqual([duration?.status, duration?.detection?.points], ['learning', 1]);
    assert.deepEqual(await told(database, asked(3)), []);
  });

  test('a run of many partitions is told at the highest', async (t) => {
    const { database, ingest } = await opened(t);
    await run(ingest, 5, { days: [0, 1, 2, 3, 4, 5] });
    assert.deepEqual(short(await told(database, asked(0), asked(4))), []);
    assert.deepEqual(short(await told(database, asked(5))), ['run_duration learning', 'run_rows learning']);
  });

  test('they are kept like all verdicts', async (t) => {
    const { database, ingest } = await opened(t);
    for (let n = 0; n < 7; n += 1) await run(ingest, n, { seconds: n < 6 ? 600 : 6000 });
    const judgements = await told(database, asked(6));
    await database.transaction((connection) => connection.execute(putVerdicts(judgements, at(7))));
    const rows = await database.rows(
      sql`select metric, detector, status, finding from verdict order by metric`,
    );
    assert.deepEqual(rows, [
      { metric: 'run_duration', detector: 'run_duration', status: 'anomalous', finding: true },
      { metric: 'run_rows', detector: 'cost_per_run', status: 'normal', finding: false },
    ]);
  });
});

describe('freshness', () => {
  const NONE = (): null => null;
  const kept = (database: Database): Promise<{ status: string; partition: string }[]> =>
    database.rows(sql`select status, partition from verdict where metric = 'freshness'`);

  test('a dataset that is late is told once, when it becomes late, until it lands again', async (t) => {
    const { database, ingest } = await opened(t);
    for (let n = 0; n < 20; n += 1) await run(ingest, n);
    const [fresh] = await watchFreshness(database, [ID], at(19, 60), NONE);
    assert.deepEqual([fresh?.status, fresh?.kind, fresh?.detector], ['normal', 'delay', 'freshness']);
    assert.deepEqual(await tellLate(database, at(20), NONE), [], 'not late yet');
    const [late] = await tellLate(database, at(20, 6 * 3600), NONE);
    assert.deepEqual([late?.status, late?.finding], ['anomalous', true]);
    assert.match(
      late?.message ?? '',
      /^late: nothing of this dataset has landed for 1 d 6 h, usually every 1 d, /,
    );
    assert.deepEqual(await tellLate(database, at(20, 7 * 3600), NONE), [], 'told already');
    assert.deepEqual(await kept(database), [{ status: 'anomalous', partition: '' }]);
    await run(ingest, 20, {}, 99);
    await watchFreshness(database, [ID], at(20, 8 * 3600), NONE);
    assert.deepEqual(await kept(database), [{ status: 'normal', partition: '' }]);
    assert.equal((await tellLate(database, at(23), NONE)).length, 1, 'and late anew');
  });

  test('too few landings say nothing', async (t) => {
    const { database, ingest } = await opened(t);
    for (let n = 0; n < 4; n += 1) await run(ingest, n);
    assert.deepEqual(await watchFreshness(database, [ID], at(30), NONE), []);
    assert.deepEqual(await kept(database), []);
    assert.deepEqual(await watchFreshness(database, [], at(30), NONE), []);
  });

  test('a partition lands once, however often it is written; without partitions every run lands', async (t) => {
    const { database, ingest } = await opened(t);
    await run(ingest, 0);
    await run(ingest, 3, { days: [0] });
    await run(ingest, 4, { type: 'FAIL' });
    const [row] = await database.rows<LandingsRow>(landingsOf([ID]));
    assert.deepEqual(row, { dataset_id: ID, newest: partition(0), landings: [at(0)] });
    for (let n = 0; n < 3; n += 1) {
      const runId = `018cc251-f400-7000-9000-${String(n).padStart(12, '0')}`;
      await ingest.receive(
        sampleEvent({
          runId,
          type: 'COMPLETE',
          time: at(n).toISOString(),
          outputs: [outputWithRows('u', 5)],
        }),
        'http',
      );
    }
    const [whole] = await database.rows<LandingsRow>(landingsOf([datasetId('postgres://db:5432', 'u')]));
    assert.deepEqual(
      whole?.landings.map((date) => (date.getTime() - at(0).getTime()) / DAY_MS).sort(),
      [0, 1, 2],
    );
  });
});
