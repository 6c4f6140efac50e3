import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationAnswer } from '#api/gate-answers.ts';
import { repairPublications } from '#gate/ledger.ts';
import { evaluationStatus } from '#gate/status.ts';
import { rollbackPartition } from '#gate/rollback.ts';
import { problemOf } from '#test/gate/gate.ts';
import { rowsText, starRocksGate, DAY, type StarRocksGate } from './gate.ts';

const LATER = 120_000;
const PROTOCOLS = [null, 'replace', 'overwrite', 'swap', 'pointer'] as const;

/** An expression of the statement by which each protocol makes something gold. */
const PUBLISHES = {
  replace: /REPLACE PARTITION/,
  overwrite: /INSERT OVERWRITE `gold`\.`orders` PARTITION/,
  swap: /SWAP WITH/,
  pointer: /INSERT INTO `gold`\.`assay_published`/,
} as const;

const partitionOf = (by: (typeof PROTOCOLS)[number]): string =>
  by === 'swap' || by === 'pointer' ? '' : DAY;

/** The first statement like that is lost; all others run. */
function loseOnce(gate: StarRocksGate, pattern: RegExp, fate: 'lost before' | 'lost after' | 'late'): void {
  let lost = false;
  gate.server.fate = (sql) => {
    if (lost || !pattern.test(sql)) return 'run';
    lost = true;
    return fate;
  };
}

for (const by of PROTOCOLS) {
  const how = by ?? 'what the table is';
  test(`by ${how}: bad data is held, good data is published and rolled back`, async (t) => {
    const gate = await starRocksGate(t, by);
    const first = await gate.evaluate(gate.stage('first', [10, 20]));
    assert.equal(first.decision, 'allow', JSON.stringify(first.reasons));
    assert.equal((await gate.publish(first)).state, 'published');
    assert.deepEqual(gate.gold(), [10, 20]);

    const bad = await gate.evaluate(gate.stage('bad', [10, null]));
    assert.deepEqual([bad.decision, bad.row_count], ['block', 2]);
    assert.equal(await problemOf(gate.publish(bad)), 'blocked');
    assert.deepEqual(gate.gold(), [10, 20]);

    const second = await gate.evaluate(gate.stage('second', [1, 2, 3]));
    const published = await gate.publish(second);
    assert.equal(published.state, 'published');
    assert.deepEqual(await gate.publish(second), published, 'asking again changes nothing');
    assert.deepEqual(gate.gold(), [1, 2, 3]);

    const partition = partitionOf(by);
    const back = await rollbackPartition(gate.services, { datasetId: gate.dataset, partition }, new Date());
    assert.equal(back.state, 'published');
    assert.deepEqual(gate.gold(), [10, 20]);
    assert.deepEqual(gate.server.forbidden, [], 'nothing was prepared');
  });
}

for (const by of ['replace', 'overwrite', 'swap', 'pointer'] as const) {
  for (const fate of ['lost before', 'lost after', 'late'] as const)
    test(`by ${by}: the answer to the publishing statement is missing (${fate})`, async (t) => {
      const gate = await starRocksGate(t, by);
      await gate.publish(await gate.evaluate(gate.stage('first', [10, 20])));
      const row = await gate.evaluate(gate.stage('second', [1, 2, 3]));
      loseOnce(gate, PUBLISHES[by], fate);
      const outcome = await gate.publish(row).then(
        ({ state }) => state,
        () => 'problem',
      );
      const seen = gate.gold();
      await gate.server.runLate();
      assert.deepEqual(gate.gold(), seen, 'what is told stays true when the statement arrives late');
      assert.deepEqual(seen, outcome === 'published' ? [1, 2, 3] : [10, 20]);
    });

  test(`by ${by}: the process ends after the statement was sent, and the repair ends it`, async (t) => {
    const gate = await starRocksGate(t, by);
    await gate.publish(await gate.evaluate(gate.stage('first', [10, 20])));
    const row = await gate.evaluate(gate.stage('second', [1, 2, 3]));
    const crashing = {
      ...gate.services,
      warehouses: new Map([
        [
          'starrocks',
          {
            ...gate.warehouse,
            publish: async (request: Parameters<typeof gate.warehouse.publish>[0]) => {
              await gate.warehouse.publish(request);
              throw new Error('ended');
            },
          },
        ],
      ]),
    };
    const { publishEvaluation } = await import('#gate/publish.ts');
    const order = { expectedVersion: row.candidate_version ?? '' };
    await assert.rejects(publishEvaluation(crashing, row.id, order, new Date()), /ended/);
    const report = await repairPublications(gate.services, new Date(Date.now() + LATER));
    assert.deepEqual([report.finished.length, report.failed.length, report.left.length], [1, 0, 0]);
    assert.deepEqual(gate.gold(), [1, 2, 3]);
  });

  test(`by ${by}: the process ends before it publishes, and what arrives late finds nothing`, async (t) => {
    const gate = await starRocksGate(t, by);
    await gate.publish(await gate.evaluate(gate.stage('first', [10, 20])));
    const row = await gate.evaluate(gate.stage('second', [1, 2, 3]));
    let down = false;
    gate.server.fate = (sql) => {
      if (PUBLISHES[by].test(sql)) down = true;
      return down ? (PUBLISHES[by].test(sql) ? 'late' : 'lost before') : 'run';
    };
    assert.equal(await problemOf(gate.publish(row)), 'warehouse_unavailable');
    const early = await repairPublications(gate.services, new Date());
    assert.equal(early.left.length, 1, 'while its time lasts the row is left');
    gate.server.fate = () => 'run';
    const report = await repairPublications(gate.services, new Date(Date.now() + LATER));
    assert.deepEqual([report.finished.length, report.failed.length], [0, 1]);
    await gate.server.runLate();
    assert.deepEqual(gate.gold(), [10, 20]);
  });
}

test('a candidate that was changed after it was taken is published as it was checked', async (t) => {
  const gate = await starRocksGate(t);
  const ref = gate.stage('first', [10, 20]);
  const row = await gate.evaluate(ref);
  const staged = gate.server.frontEnd.tables.get(ref);
  assert.ok(staged);
  gate.server.frontEnd.write(staged, 'first', rowsText([null, null]));
  await gate.publish(row);
  assert.deepEqual(gate.gold(), [10, 20]);
});

test('by overwrite a candidate that changed since is refused', async (t) => {
  const gate = await starRocksGate(t, 'overwrite');
  await gate.publish(await gate.evaluate(gate.stage('zero', [5]))).catch(() => null);
  const ref = gate.stage('first', [10, 20]);
  const row = await gate.evaluate(ref);
  const staged = gate.server.frontEnd.tables.get(ref);
  assert.ok(staged);
  gate.server.frontEnd.write(staged, 'first', rowsText([null]));
  assert.equal(await problemOf(gate.publish(row)), 'version_moved');
});

test('numbers of a candidate that changes while it is measured are not used', async (t) => {
  const gate = await starRocksGate(t, 'overwrite');
  const ref = gate.stage('first', [10, 20]);
  gate.server.fate = (sql) => {
    const staged = gate.server.frontEnd.tables.get(ref);
    if (sql.startsWith('select ') && staged) gate.server.frontEnd.write(staged, 'first', rowsText([1]));
    return 'run';
  };
  const row = await gate.evaluate(ref);
  assert.equal(row.decision, 'unknown');
  assert.match(row.reasons[0]?.message ?? '', /changed while it was measured/);
});

test('what measuring took of the warehouse is told', async (t) => {
  const gate = await starRocksGate(t);
  const costs: [string, number][] = [];
  const services = {
    ...gate.services,
    onMeasured: (name: string, { statements }: { readonly statements: number }) =>
      void costs.push([name, statements]),
  };
  const { evaluateCandidate } = await import('#gate/evaluate.ts');
  const candidate = { kind: 'table', ref: gate.stage('first', [10]) };
  const order = { datasetId: gate.dataset, partition: DAY, candidate };
  const row = await evaluateCandidate(services, order, new Date());
  const asked = gate.server.heard.filter((sql) => sql.startsWith('select ')).length;
  assert.deepEqual(costs, [['starrocks', asked]]);
  const { cost } = evaluationAnswer(await evaluationStatus(services, row.id));
  assert.deepEqual([cost?.statements, cost?.queries.length], [asked, asked]);
  assert.ok(cost?.queries.every(({ about, milliseconds }) => about !== '' && milliseconds >= 0));
});

test('a release that does not know a variable is asked without it, and one that knows it is told', async (t) => {
  const gate = await starRocksGate(t);
  await gate.evaluate(gate.stage('first', [10, 20]));
  const meta = 'enable_rewrite_simple_agg_to_meta_scan=false';
  assert.ok(gate.server.heard.some((sql) => sql.includes(meta)));

  const older = await starRocksGate(t);
  older.server.variables = new Map([['query_timeout', '300']]);
  const row = await older.evaluate(older.stage('first', [10, 20]));
  assert.equal(row.decision, 'allow', JSON.stringify(row.reasons));
  assert.ok(!older.server.heard.some((sql) => sql.includes('meta_scan')));
});

test('what cannot be published is refused in words, and no password is in any of them', async (t) => {
  const gate = await starRocksGate(t);
  const publish = (target: string, partition: string) =>
    gate.warehouse.publish({
      token: 'one',
      target,
      partition,
      candidate: { kind: 'table', ref: 'stage.first', version: '1:2' },
    });
  for (const [target, partition, words] of [
    ['gold.nothing', DAY, /does not exist/],
    ['gold.orders', 'region=eu', /partitioned by dt/],
    ['gold.orders', 'dt=soon', /no range/],
    ['gold.orders?by=swap', DAY, /has partitions/],
    ['gold.orders?by=magic', DAY, /no option of a target/],
  ] as const) {
    const outcome = await publish(target, partition);
    assert.equal(outcome.status, 'failure', target);
    assert.match(outcome.status === 'failure' ? outcome.reason : '', words);
  }
});

test('a frontend that is not there is told without the password, and another one is used', async (t) => {
  const { starRocksWarehouse } = await import('#adapters/starrocks/warehouse.ts');
  const gate = await starRocksGate(t);
  const settings = { name: 's', cluster: 'c', user: 'assay_gate', password: 'top secret' };
  const dead = starRocksWarehouse({ ...settings, hosts: ['127.0.0.1:9'] });
  t.after(() => dead.close());
  const nothing = await dead.describe('gold.orders');
  assert.equal(nothing.status, 'retryable');
  assert.doesNotMatch(JSON.stringify(nothing), /top secret/);
  const other = starRocksWarehouse({ ...settings, hosts: ['127.0.0.1:9', `127.0.0.1:${gate.server.port}`] });
  t.after(() => other.close());
  const found = await other.describe('gold.orders');
  assert.equal(found.status === 'success' && found.value?.columns.length, 3);
});
