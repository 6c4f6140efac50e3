import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { runAssay, scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { dumpModel } from '#test/support/model-dump.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const ENTRY = join(import.meta.dirname, '../../collector/cli/assay.ts');
const SENDERS = 16;
const BEFORE = 6000;

/** Runs of two events in 40 jobs, each writing one of 30 datasets. */
const eventOf = (n: number): Buffer =>
  sampleEvent({
    runId: `018cc251-f400-717f-9d98-${String(n >> 1).padStart(12, '0')}`,
    type: n % 2 === 0 ? 'START' : 'COMPLETE',
    time: new Date(1_767_225_600_000 + n * 10).toISOString(),
    job: `job ${(n >> 1) % 40}`,
    outputs: [outputWithRows(`table_${(n >> 1) % 30}`, n, { schema: ['a', `b${n % 7}`] })],
  });

test(
  'replay while another process ingests: killed it changes nothing, done it is equal to the live model',
  { timeout: 180_000 },
  async (t) => {
    const url = await emptyDatabase(t);
    const assay = await startAssay(t, { ASSAY_DATA_DIR: scratchFolder(t), DATABASE_URL: url });
    const database = openDatabase({ url });
    t.after(() => database.close());

    let next = 0;
    let acknowledged = 0;
    let until = BEFORE;
    const load = async (): Promise<void> => {
      const sender = async (): Promise<void> => {
        while (next < until) {
          const body = eventOf(next++);
          const response = await fetch(`${assay.url}/api/v1/lineage`, { method: 'POST', body });
          assert.equal(response.status, 201);
          await response.arrayBuffer();
          acknowledged += 1;
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, sender));
    };
    await load();
    const shadowed = sql`select 1 from pg_namespace where nspname = 'assay_model_next'`;

    // Killed in the middle: the live model is as it was, and goes on.
    const killed = spawn(process.execPath, [ENTRY, 'replay'], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: 'ignore',
    });
    const gone = once(killed, 'exit');
    while ((await database.rows(shadowed)).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 2));
    killed.kill('SIGKILL');
    await gone;
    const live = sql`select sum(event_count)::integer as events from assay_model.run`;
    assert.deepEqual(await database.rows(live), [{ events: BEFORE }]);

    // Done, with events arriving from its beginning to its end.
    until = Number.POSITIVE_INFINITY;
    const loading = load();
    const replayed = await runAssay(['replay', '--json'], { DATABASE_URL: url });
    until = next + 200;
    await loading;
    assert.equal(replayed.code, 0, replayed.stderr);
    const report = JSON.parse(replayed.stdout) as { events: number; expired: number; failed: unknown[] };
    assert.ok(report.events > BEFORE && report.events < acknowledged, `${report.events} of ${acknowledged}`);
    assert.deepEqual([report.expired, report.failed], [0, []]);
    assert.deepEqual(await database.rows(live), [{ events: acknowledged }]);
    const after = await dumpModel(database);

    const again = await runAssay(['replay', '--json'], { DATABASE_URL: url });
    assert.equal((JSON.parse(again.stdout) as { events: number }).events, acknowledged);
    assert.ok((await dumpModel(database)) === after, 'a replay at rest gives the same model, row by row');
  },
);
