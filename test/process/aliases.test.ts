import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AliasList, WhyAnswer } from '#api/schema/aliases.ts';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const HIVE = 'hive://meta:9083';

function written(run: number, namespace: string, name: string, facets: object = {}): string {
  return sampleEvent({
    runId: `018cc251-f400-717f-9d98-${String(run).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: `2026-01-0${run}T00:00:00Z`,
    job: `writer ${run}`,
    outputs: [{ namespace, name, facets, outputFacets: { outputStatistics: facet({ rowCount: run }) } }],
  }).toString();
}

const EVENTS = [
  written(1, 's3a://lake', '/orders/dt=2026-01-01', {
    symlinks: facet({ identifiers: [{ type: 'TABLE', namespace: HIVE, name: 'db.orders' }] }),
  }),
  written(2, HIVE, 'db.orders'),
  written(3, HIVE, 'db.users'),
  written(4, 'starrocks://fe-1:9030', 'sales.t'),
  written(5, 'mysql://fe-2:9030', 'sales.t'),
];

test('aliases, as an operator handles them', { timeout: 180_000 }, async (t) => {
  const database = await testDatabase(t);
  const folder = scratchFolder(t);
  const config = join(folder, 'assay.yaml');
  writeFileSync(config, '');
  const environment = { DATABASE_URL: database.url, ASSAY_CONFIG: config, ASSAY_DATA_DIR: folder };
  const running = await startAssay(t, environment);
  const assay = (...args: string[]): Promise<CommandResult> => runAssay(args, { ASSAY_URL: running.url });
  const fine = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await assay(...args);
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    return stdout;
  };
  writeFileSync(join(folder, 'events.jsonl'), EVENTS.join('\n'));
  assert.equal((await assay('import', join(folder, 'events.jsonl'))).code, 0);

  const listed = async (): Promise<string[][]> =>
    (JSON.parse(await fine('alias', 'list', '--json')) as AliasList).items.map(({ dataset, aliases }) => [
      dataset.name,
      ...aliases.map(({ name }) => name),
    ]);
  assert.deepEqual(await listed(), [['db.orders', 'orders']]);
  assert.equal(await fine('alias', 'list'), `${HIVE} db.orders\n  s3://lake orders\n`);
  assert.equal(
    await fine('alias', 'why', 'orders', 'db.orders'),
    [
      `${HIVE} db.orders`,
      '  also s3://lake orders',
      'The two are one dataset:',
      `  s3://lake orders has the table name ${HIVE} db.orders, says https://example.com/tests`,
      '',
    ].join('\n'),
  );

  const ruling = ['--reason', 'looked at both', '--by', 'ada'];
  const split = await fine('alias', 'split', 'orders', ...ruling);
  assert.match(split, /not joined: an operator keeps them apart/);
  assert.match(split, /ada: deny .* \(looked at both\)\n/);
  assert.deepEqual(await listed(), []);
  assert.match(
    await fine('alias', 'list', '--withheld'),
    /^s3:\/\/lake orders has the table name .*; not joined: an operator keeps them apart\n$/,
  );
  assert.equal(await fine('alias', 'list'), 'No dataset has a second name.\n');
  await fine('alias', 'clear', 'orders', 'db.orders', ...ruling);
  await fine(
    'alias',
    'join',
    'db.users',
    'db.orders',
    '--namespace',
    HIVE,
    '--other-namespace',
    HIVE,
    ...ruling,
  );
  assert.deepEqual(await listed(), [['db.orders', 'db.users', 'orders']]);
  await fine('alias', 'deny', 'db.users', 'db.orders', ...ruling);
  assert.deepEqual(await listed(), [['db.orders', 'orders']]);

  // Wrong use: one sentence and exit code 4.
  for (const [args, message] of [
    [['alias', 'split', 'db.users', ...ruling], /no other name/],
    [['alias', 'why', 'nowhere'], /No dataset is named "nowhere"/],
    [['alias', 'join', 'orders', 'db.users', '--by', 'ada'], /--reason/],
    [['alias', 'deny', 'orders', 'db.users', '--reason', 'x'], /author is missing/],
  ] as const) {
    const { code, stderr } = await assay(...args);
    assert.equal(code, 4, stderr);
    assert.match(stderr, message);
  }

  // A rule for the frontends: another start, and a replay for what came before it.
  await running.stop();
  writeFileSync(config, 'naming:\n  resolvers:\n    sales: { type: hostList, hosts: [fe-1, fe-2] }\n');
  const before = await database.rows<{ n: number }>({
    text: "select count(*)::int as n from dataset where name = 'sales.t'",
    values: [],
  });
  assert.deepEqual(before, [{ n: 2 }]);
  const replayed = await runAssay(['replay', '--json'], environment, folder);
  assert.equal(replayed.code, 0, replayed.stderr);
  const again = await startAssay(t, environment);
  const why = await runAssay(['alias', 'why', 'sales.t', '--namespace', 'starrocks://fe-2:9030', '--json'], {
    ASSAY_URL: again.url,
  });
  assert.equal(why.code, 0, why.stderr);
  assert.equal((JSON.parse(why.stdout) as WhyAnswer).asked.namespace, 'mysql://sales:9030');
  const lineage = await runAssay(['lineage', 'sales.t', '--namespace', 'mysql://fe-1:9030', '--json'], {
    ASSAY_URL: again.url,
  });
  assert.equal(lineage.code, 0, lineage.stderr);
  const list = await runAssay(['alias', 'list', '--json'], { ASSAY_URL: again.url });
  assert.equal((JSON.parse(list.stdout) as AliasList).items.length, 1, 'decisions survive');

  // A fault in a rule names its place.
  writeFileSync(config, 'naming:\n  resolvers:\n    sales: { type: hostList }\n');
  const faulty = await runAssay(['replay'], environment, folder);
  assert.equal(faulty.code, 4);
  assert.match(faulty.stderr, /assay\.yaml:3:12: \/naming\/resolvers\/sales is a hostList and needs hosts\./);
});
