import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROUTES, testWarehouse } from '#test/adapters/postgres/warehouse.ts';
import { CONTRACT, served } from '#test/gate/gate.ts';
import { scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { jarsPart, missingOf } from '#test/support/installed-parts.ts';
import { startRelay } from '#test/support/postgres-relay.ts';
import { runProgram } from '#test/support/run-program.ts';
import { spark } from '#test/support/spark-submit.ts';

// A real Spark writes candidates to PostgreSQL and asks a live gate by adapters/spark/assay_gate.py.

const FOLDER = join(import.meta.dirname, 'spark-gate');
const HELPER = join(import.meta.dirname, '../../adapters/spark/assay_gate.py');
const driver = jarsPart('test/real/spark-gate/pom.xml');

test('Spark: a job writes a candidate and asks the gate', { skip: missingOf(spark, driver) }, async (t) => {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const folder = scratchFolder(t);
  writeFileSync(
    join(folder, 'assay.yaml'),
    `warehouses:\n  warehouse:\n    kind: postgres\n    url: ${house.url}\n`,
  );
  const assay = await startAssay(t, { DATABASE_URL: await emptyDatabase(t), ASSAY_DATA_DIR: folder });
  const pushed = await fetch(`${assay.url}/api/v2/contracts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: CONTRACT, fileName: 'routes.yaml' }),
  });
  assert.equal(pushed.status, 201);
  // Java knows no unix sockets.
  const relay = await startRelay(t, house.url);
  const { username, password, host, pathname } = new URL(relay.url());
  const account = new URLSearchParams({
    sslmode: 'disable',
    user: decodeURIComponent(username),
    ...(password && { password: decodeURIComponent(password) }),
  });
  const jdbc = `jdbc:postgresql://${host}${pathname}?${account.toString()}`;
  const run = async (day: string, rows: number, table: string) => {
    await house.run(`create table ${table} (like gold.daily_routes including all)`);
    const { code, output } = await runProgram(
      join(spark.home, 'bin/spark-submit'),
      [
        '--master',
        'local[2]',
        '--py-files',
        HELPER,
        '--conf',
        `spark.driver.extraClassPath=${join(driver.folder, '*')}`,
        '--conf',
        'spark.ui.enabled=false',
        '--conf',
        'spark.log.level=ERROR',
        join(FOLDER, 'gated_routes.py'),
        jdbc,
        day,
        String(rows),
        table,
      ],
      { env: { ...spark.env, ASSAY_URL: assay.url, PYTHONDONTWRITEBYTECODE: '1' } },
    );
    const [, said] = /^GATE (.+)$/m.exec(output) ?? [];
    assert.ok(said !== undefined, output);
    return { code, said: JSON.parse(said) as [string, string] };
  };

  await t.test('what the contract allows is served when the call comes back', async () => {
    const { code, said } = await run('2001-01-01', 4, 'staging.first');
    assert.deepEqual([code, said], [0, ['allow', 'published']]);
    assert.deepEqual(await served(house), ['2001-01-01 4']);
  });

  await t.test('what it holds fails the job with the reason, and gold serves what it served', async () => {
    const { code, said } = await run('2001-01-02', 9, 'staging.second');
    assert.deepEqual([code, said[0]], [3, 'GateHeld']);
    assert.match(said[1], /^gold\.daily_routes flight_date=2001-01-02 is held: row_count is 9/);
    assert.deepEqual(await served(house), ['2001-01-01 4']);
  });

  await t.test('without an answer it says so', async () => {
    await assay.stop();
    const { code, said } = await run('2001-01-03', 3, 'staging.third');
    assert.deepEqual([code, said[0]], [3, 'GateUnavailable']);
  });
});
