import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ingest } from '#ingest/ingest.ts';
import { derivedId } from '#model/ids.ts';
import { OpenRuns } from '#monitor/open-runs.ts';
import { sql } from '#store/sql.ts';
import { testDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const BEGIN = Date.UTC(2026, 0, 5, 6);
const at = (n: number, minutes = 0): Date => new Date(BEGIN + n * 86_400_000 + minutes * 60_000);

test('a run that hangs is told once, also when its job is on a later page, until it ends', async (t) => {
  const database = await testDatabase(t);
  const ingest = new Ingest({ database, now: () => at(20) });
  const send = (job: string, n: number, type: string, minutes: number) =>
    ingest.receive(
      sampleEvent({
        runId: derivedId('run', job, String(n)),
        type,
        job,
        time: at(n, minutes).toISOString(),
        ...(type === 'COMPLETE' && { outputs: [outputWithRows(`of_${job}`, 10)] }),
      }),
      'http',
    );
  for (const job of ['a', 'b', 'c'])
    for (let n = 0; n < 10; n += 1) {
      await send(job, n, 'START', 0);
      await send(job, n, 'COMPLETE', 10 + (n % 3));
    }
  await send('a', 10, 'START', 0);
  await send('a', 10, 'RUNNING', 70);
  await send('b', 10, 'START', 60);
  const runs = new OpenRuns(database, 2);
  const round = async (now: Date): Promise<string[]> => {
    const said = [...(await runs.look(now)), ...(await runs.look(now))];
    return said.map(({ finding, status, message }) => `${status} ${finding}: ${message}`);
  };
  assert.deepEqual(await round(at(10, 12)), [], 'both are on time');
  const [told, ...more] = await round(at(10, 75));
  assert.match(told ?? '', /^anomalous true: a is still running after 1 h 15 min, 6\.\d times the usual/);
  assert.deepEqual(more, [], 'b has run for a quarter of an hour');
  assert.deepEqual(await round(at(10, 76)), [], 'told already');
  await send('a', 10, 'COMPLETE', 90);
  await send('b', 10, 'COMPLETE', 72);
  assert.deepEqual(await round(at(10, 91)), ['normal false: a ended after 1 h 30 min (completed)']);
  const kept = await database.rows(
    sql`select partition, metric, finding from verdict where detector = 'open_run'`,
  );
  assert.deepEqual(kept, [{ partition: '', metric: 'run_duration', finding: false }]);
  assert.deepEqual(await database.rows(sql`select * from open_run_told`), []);
});
