import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { starRocksWarehouse } from '#adapters/starrocks/warehouse.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { repairPublications } from '#gate/ledger.ts';
import { publishEvaluation } from '#gate/publish.ts';
import type { GateServices } from '#gate/services.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import { followerServer, type FollowerServer } from '#test/support/starrocks/mysql-server.ts';
import { starRocksGate, DAY, type StarRocksGate } from './gate.ts';

/** Nobody listens there. */
const CLOSED = 1;
const LATER = 120_000;

const PUBLISHES = {
  replace: /REPLACE PARTITION/,
  overwrite: /INSERT OVERWRITE `gold`\.`orders` PARTITION/,
  swap: /SWAP WITH/,
  pointer: /INSERT INTO `gold`\.`assay_published`/,
} as const;
type By = keyof typeof PUBLISHES;

interface Behind {
  readonly gate: StarRocksGate;
  readonly follower: FollowerServer;
  readonly services: GateServices;
  /** A candidate that the follower knows of. */
  readonly evaluate: (name: string, amounts: readonly number[]) => Promise<EvaluationRow>;
  readonly publish: (row: EvaluationRow) => Promise<string>;
}

/** A gate whose only way to the cluster is a follower. */
async function behindFollower(t: TestContext, by: By, leaderPort = CLOSED): Promise<Behind> {
  const gate = await starRocksGate(t, by);
  const follower = await followerServer(t, gate.server.frontEnd, leaderPort);
  const warehouse = starRocksWarehouse({
    name: 'starrocks',
    cluster: 'test',
    hosts: [`127.0.0.1:${follower.port}`],
    user: 'assay_gate',
    password: '',
    connections: 2,
  });
  t.after(() => warehouse.close());
  const services = { ...gate.services, warehouses: new Map([['starrocks', warehouse]]) };
  return {
    gate,
    follower,
    services,
    evaluate(name, amounts) {
      const candidate = { kind: 'table', ref: gate.stage(name, amounts) };
      follower.catchUp();
      const partition = by === 'swap' || by === 'pointer' ? '' : DAY;
      return evaluateCandidate(services, { datasetId: gate.dataset, partition, candidate }, new Date());
    },
    publish: (row) =>
      publishEvaluation(services, row.id, { expectedVersion: row.candidate_version ?? '' }, new Date()).then(
        ({ state }) => state,
        () => 'problem',
      ),
  };
}

for (const by of ['replace', 'overwrite', 'swap', 'pointer'] as const) {
  test(`by ${by} through a follower that reads behind the leader`, async (t) => {
    const { gate, follower, evaluate, publish } = await behindFollower(t, by);
    const first = await evaluate('first', [10, 20]);
    assert.equal(first.decision, 'allow', JSON.stringify(first.reasons));
    assert.equal(await publish(first), 'published');
    assert.deepEqual(gate.gold(), [10, 20]);
    assert.ok(follower.forwarded.some((sql) => PUBLISHES[by].test(sql)));
    assert.deepEqual(gate.server.heard, [], 'the leader could not be reached');
  });

  for (const fate of ['given up before', 'given up after'] as const)
    test(`by ${by}: the follower has ${fate} the leader ran the publishing statement`, async (t) => {
      const { gate, follower, services, evaluate, publish } = await behindFollower(t, by);
      assert.equal(await publish(await evaluate('first', [10, 20])), 'published');
      const second = await evaluate('second', [1, 2, 3]);
      let fared = false;
      follower.forwarding = (sql) => {
        if (fared || !PUBLISHES[by].test(sql)) return 'run';
        fared = true;
        return fate;
      };
      const outcome = await publish(second);
      assert.ok(fared);
      const seen = gate.gold();
      if (outcome === 'published') assert.deepEqual(seen, [1, 2, 3]);
      await repairPublications(services, new Date(Date.now() + LATER));
      assert.deepEqual(gate.gold(), seen, 'what is told stays true');
      const row = await gate.services.database.rows<{ state: string }>({
        name: 'second',
        text: 'select state from publication order by started_at desc limit 1',
        values: [],
      });
      assert.deepEqual(
        row.map(({ state }) => state),
        [seen.length === 3 ? 'published' : 'failed'],
      );
    });
}

test('who can reach the leader asks the follower for nothing but who that is', async (t) => {
  const leader = await starRocksGate(t, 'replace');
  const follower = await followerServer(t, leader.server.frontEnd, leader.server.port);
  const warehouse = starRocksWarehouse({
    name: 'starrocks',
    cluster: 'test',
    hosts: [`127.0.0.1:${follower.port}`],
    user: 'assay_gate',
    password: '',
  });
  t.after(() => warehouse.close());
  const described = await warehouse.describe('gold.orders');
  assert.equal(described.status, 'success');
  assert.deepEqual(
    follower.heard.filter((sql) => !sql.startsWith('SET ')),
    ['SHOW FRONTENDS'],
  );
  assert.ok(leader.server.heard.some((sql) => sql.includes('information_schema.columns')));
});

test('two gates over slow ways publish one candidate once', async (t) => {
  const gate = await starRocksGate(t, 'replace');
  const row = await gate.evaluate(gate.stage('first', [10, 20]));
  let asked = 0;
  gate.server.latency = () => (asked += 3) % 7;
  const states = await Promise.all(
    [gate.publish(row), gate.publish(row)].map((publication) =>
      publication.then(
        ({ state }) => state,
        () => 'refused',
      ),
    ),
  );
  assert.ok(states.includes('published'), states.join());
  assert.deepEqual(gate.gold(), [10, 20]);
  assert.equal(gate.server.heard.filter((sql) => sql.includes('REPLACE PARTITION')).length, 1);
});
