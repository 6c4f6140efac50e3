import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { RecordedCluster } from '#test/adapters/starrocks/loads/recorded-cluster.ts';
import { runAssay, scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import { frontEndServer } from '#test/support/starrocks/mysql-server.ts';

interface Runs {
  readonly runs: readonly { readonly job: string; readonly state: string; readonly events: number }[];
}

async function jobsOf(url: string): Promise<string[]> {
  const answer = (await (await fetch(`${url}/api/v2/runs`)).json()) as Runs;
  return answer.runs.map(({ job, state, events }) => `${job} ${state} ${events}`).sort();
}

test('loads become runs, by the collector itself and by a watcher of its own, and each once', async (t) => {
  const cluster = new RecordedCluster('unified');
  cluster.loads.push(
    { id: 1, state: 'FINISHED', rows: 5 },
    { id: 2, state: 'CANCELLED', type: 'INSERT', error: 'type:LOAD_RUN_FAIL; msg:no' },
  );
  cluster.partitions.push({ table: 'orders', name: 'p1', id: 1, version: 2, rows: 5 });
  const server = await frontEndServer(t, new FrontEnd());
  server.recorded = (sql) =>
    /information_schema|_statistics_|SHOW TRANSACTION/.test(sql) ? cluster.query(sql) : null;
  const folder = scratchFolder(t);
  const settings = (watch: boolean): string =>
    `warehouses:\n  starrocks: { kind: starrocks, hosts: ["127.0.0.1:${server.port}"], user: u, cluster: prod${watch ? ', watch: { databases: [gold], every_seconds: 5 }' : ''} }\n`;
  writeFileSync(join(folder, 'assay.yaml'), settings(true));
  const assay = await startAssay(t, {
    DATABASE_URL: await emptyDatabase(t),
    ASSAY_DATA_DIR: folder,
    ASSAY_CONFIG: join(folder, 'assay.yaml'),
  });
  const expected = [
    'gold.orders.insert failed 2',
    'gold.orders.partition_facts completed 1',
    'gold.orders.stream_load completed 2',
  ];
  let seen: string[] = [];
  for (let tries = 0; tries < 100 && seen.length < 3; tries += 1) {
    await sleep(100);
    seen = await jobsOf(assay.url);
  }
  assert.deepEqual(
    seen.map((text) => text.toLowerCase()),
    expected,
  );
  const held = await (await fetch(`${assay.url}/api/v2/quarantine`)).json();
  assert.deepEqual((held as { readonly entries?: unknown[] }).entries ?? [], []);

  // A watcher of its own knows nothing of what was told before, and tells it in the same words.
  const ran = await runAssay(['starrocks', 'watch', '--once', '--url', assay.url], {
    ASSAY_DATA_DIR: folder,
    ASSAY_CONFIG: join(folder, 'assay.yaml'),
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /gold: 5 events/);
  assert.equal((await jobsOf(assay.url)).length, 3);
  const again = await runAssay(['starrocks', 'watch', '--once', '--url', assay.url], {
    ASSAY_DATA_DIR: folder,
    ASSAY_CONFIG: join(folder, 'assay.yaml'),
  });
  assert.deepEqual([again.code, again.stderr], [0, '']);
  assert.deepEqual(server.forbidden, []);
});

test('a watcher without a cluster to watch is told what is missing', async (t) => {
  const folder = scratchFolder(t);
  writeFileSync(
    join(folder, 'assay.yaml'),
    'warehouses:\n  s: { kind: starrocks, hosts: ["127.0.0.1:9"], user: u }\n',
  );
  const environment = { ASSAY_CONFIG: join(folder, 'assay.yaml'), ASSAY_DATA_DIR: folder };
  const nothing = await runAssay(['starrocks', 'watch', '--once'], environment);
  assert.equal(nothing.code, 4);
  assert.match(nothing.stderr, /names no databases to watch/);
});
