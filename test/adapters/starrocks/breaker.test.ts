import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { parseTarget } from '#adapters/starrocks/target.ts';
import type { BreakerAnswer } from '#api/schema/breaker.ts';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { lookAtFeeds, type BreakerReport } from '#gate/breaker.ts';
import { ContractBook } from '#gate/contract-book.ts';
import { pushContracts } from '#gate/contracts.ts';
import { setFreeze } from '#gate/freeze.ts';
import { Ingest } from '#ingest/ingest.ts';
import { pausesOf, type FeedPauseRow } from '#store/feed-pauses.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { problemOf } from '#test/gate/gate.ts';
import { DAY, rowsText, starRocksGate, type StarRocksGate } from './gate.ts';

const VALUE = '[types: [DATE]; keys: [2026-01-01]; ..types: [DATE]; keys: [2026-01-02]; )';
const START = Date.parse('2026-01-02T10:00:00Z');

interface Stream extends StarRocksGate {
  readonly load: ReturnType<StarRocksGate['server']['frontEnd']['createRoutineLoad']>;
  /** What lies in the partition by now. */
  hold(amounts: readonly (number | null)[]): void;
  /** A look, some minutes after the one before. */
  look(): Promise<BreakerReport>;
  pauses(): Promise<string[]>;
  rows(): Promise<FeedPauseRow[]>;
  /** A statement of somebody else. */
  turn(to: 'pause' | 'resume', user?: string): void;
  sent(): string[];
}

/** gold.orders, which a routine load fills. */
async function stream(t: TestContext, options = ''): Promise<Stream> {
  const gate = await starRocksGate(t, 'routine_load', options);
  const { frontEnd } = gate.server;
  const load = frontEnd.createRoutineLoad('clicks', 'gold.orders');
  let now = START;
  const rows = (): Promise<FeedPauseRow[]> =>
    gate.services.database.rows<FeedPauseRow>(pausesOf(gate.dataset, 50));
  return {
    ...gate,
    load,
    rows,
    hold(amounts) {
      const gold = frontEnd.tables.get('gold.orders');
      assert.ok(gold);
      frontEnd.write(gold, 'p20260101', rowsText(amounts), VALUE);
    },
    look() {
      now += 10 * 60_000;
      return lookAtFeeds(gate.services, new ContractBook(), new Date(now));
    },
    pauses: async () => (await rows()).map(({ feed, state }) => `${feed} ${state}`),
    turn: (to, user = 'ada') => frontEnd.turnRoutineLoad({ database: 'gold', job: 'clicks' }, to, user),
    sent: () => gate.server.heard.filter((sql) => /^(?:PAUSE|RESUME)/.test(sql)),
  };
}

test('a routine load is paused when a check of what it filled fails, and resumed when it passes again', async (t) => {
  const gold = await stream(t);
  gold.hold([10, 20]);
  await gold.look();
  assert.deepEqual([gold.load.state, await gold.pauses()], ['RUNNING', []]);

  gold.hold([10, null]);
  const report = await gold.look();
  assert.deepEqual([gold.load.state, report], ['PAUSED', { paused: 1, faults: [] }]);
  const [pause] = await gold.rows();
  assert.equal(pause?.state, 'paused');
  assert.match(pause?.breaches[0]?.message ?? '', /null_count\(amount\).*dt=2026-01-01/);
  assert.match(pause?.detail ?? '', /assay_gate pauses/);

  await gold.look();
  assert.deepEqual(gold.sent(), ['PAUSE ROUTINE LOAD FOR `gold`.`clicks`'], 'it is sent once');

  gold.hold([10, 30]);
  assert.deepEqual(await gold.look(), { paused: 0, faults: [] });
  assert.deepEqual([gold.load.state, await gold.pauses()], ['NEED_SCHEDULE', ['clicks released']]);
  gold.load.state = 'RUNNING';
  await gold.look();
  assert.equal(gold.sent().length, 2);
  assert.deepEqual(gold.server.forbidden, []);
});

test('what is fed is gold already: it waits for nothing and nothing is published there', async (t) => {
  const gold = await stream(t);
  gold.hold([10]);
  await gold.look();
  const by = gold.services.database;
  const [row] = await by.rows<EvaluationRow>({
    name: 'all',
    text: 'select * from evaluation',
    values: [],
  });
  assert.deepEqual([row?.candidate_kind, row?.decision, row?.target], ['feed', 'allow', null]);
  assert.ok(row);
  assert.deepEqual((await by.rows(evaluationById(row.id))).length, 1);
  const asked = await gold.evaluate('gold.orders/p20260101');
  assert.equal(await problemOf(gold.publish(asked)), 'publication_refused');
});

test('an unmoved partition is evaluated once, a moving one as often as the target says', async (t) => {
  const gold = await stream(t, '&every=900');
  const evaluations = async (): Promise<number> =>
    (await gold.services.database.rows({ name: 'n', text: 'select id from evaluation', values: [] })).length;
  gold.hold([10]);
  for (let looks = 0; looks < 3; looks += 1) await gold.look();
  assert.equal(await evaluations(), 1);
  gold.hold([10, 20]);
  await gold.look();
  gold.hold([10, 20, 30]);
  await gold.look();
  assert.equal(await evaluations(), 2);
  await gold.look();
  assert.equal(await evaluations(), 3);
});

test('a load that moves while it is measured is measured all the same', async (t) => {
  const gold = await stream(t);
  gold.hold([10, 20]);
  gold.server.fate = (sql) => {
    if (sql.startsWith('select ')) gold.hold([10, 20]);
    return 'run';
  };
  await gold.look();
  const [row] = await gold.services.database.rows<EvaluationRow>({
    name: 'one',
    text: 'select * from evaluation',
    values: [],
  });
  assert.equal(row?.decision, 'allow');
});

test('a load that somebody else paused, or that was cancelled, is never resumed', async (t) => {
  const gold = await stream(t);
  gold.turn('pause');
  gold.hold([null]);
  await gold.look();
  await gold.look();
  assert.deepEqual(await gold.pauses(), ['clicks foreign']);
  gold.hold([10]);
  await gold.look();
  assert.deepEqual([gold.load.state, gold.sent()], ['PAUSED', []]);

  gold.turn('resume');
  gold.hold([null]);
  await gold.look();
  assert.equal(gold.load.state, 'PAUSED');
  gold.load.state = 'CANCELLED';
  gold.hold([10]);
  await gold.look();
  assert.deepEqual([gold.load.state, gold.sent().length], ['CANCELLED', 1]);
  assert.deepEqual(await gold.pauses(), ['clicks ended', 'clicks foreign']);
});

test('a load that StarRocks paused for errors in the data is not resumed either', async (t) => {
  const gold = await stream(t);
  gold.hold([null]);
  await gold.look();
  gold.turn('resume');
  gold.load.state = 'PAUSED';
  gold.load.reason = 'ErrorReason{errCode = 102, msg=current error rows is more than max error num}';
  await gold.look();
  gold.hold([10]);
  await gold.look();
  assert.deepEqual([gold.load.state, await gold.pauses()], ['PAUSED', ['clicks foreign']]);
});

test('who resumes a load though it is broken has the last word, until something else breaks', async (t) => {
  const gold = await stream(t);
  gold.hold([null]);
  await gold.look();
  gold.turn('resume');
  gold.hold([null, 10]);
  await gold.look();
  await gold.look();
  assert.deepEqual([gold.load.state, await gold.pauses()], ['NEED_SCHEDULE', ['clicks overridden']]);
  gold.hold([10]);
  await gold.look();
  gold.hold([null]);
  await gold.look();
  assert.deepEqual(
    [gold.load.state, await gold.pauses()],
    ['PAUSED', ['clicks paused', 'clicks overridden']],
  );
});

test('the stop button pauses the loads, and letting go resumes them', async (t) => {
  const gold = await stream(t);
  const press = (action: 'freeze' | 'unfreeze'): Promise<unknown> =>
    setFreeze(
      gold.services,
      { datasetId: gold.dataset, action, reason: 'wrong topic', author: 'ada' },
      new Date(START),
    );
  await press('freeze');
  await gold.look();
  const [pause] = await gold.rows();
  assert.deepEqual(
    [gold.load.state, pause?.breaches.map(({ kind, message }) => [kind, message])],
    ['PAUSED', [['freeze', 'the gate was stopped by ada: wrong topic']]],
  );
  await press('unfreeze');
  await gold.look();
  assert.equal(gold.load.state, 'NEED_SCHEDULE');
});

for (const fate of ['lost before', 'lost after', 'late'] as const) {
  test(`the answer to PAUSE is missing (${fate}): the next looks see to it`, async (t) => {
    const gold = await stream(t);
    gold.hold([null]);
    let lost = false;
    gold.server.fate = (sql) => {
      if (lost || !sql.startsWith('PAUSE')) return 'run';
      lost = true;
      return fate;
    };
    await gold.look();
    await gold.look();
    assert.deepEqual([gold.load.state, await gold.pauses()], ['PAUSED', ['clicks paused']]);
    gold.hold([10]);
    await gold.look();
    assert.equal(gold.load.state, 'NEED_SCHEDULE');
    await gold.server.runLate();
    await gold.look();
    assert.equal(gold.load.state, 'NEED_SCHEDULE', 'a PAUSE that comes when all is well is taken back');
  });

  test(`the answer to RESUME is missing (${fate}): what is told stays true`, async (t) => {
    const gold = await stream(t);
    gold.hold([null]);
    await gold.look();
    let lost = false;
    gold.server.fate = (sql) => {
      if (lost || !sql.startsWith('RESUME')) return 'run';
      lost = true;
      return fate;
    };
    gold.hold([10]);
    await gold.look();
    await gold.look();
    assert.deepEqual([gold.load.state, await gold.pauses()], ['NEED_SCHEDULE', ['clicks released']]);
    gold.hold([null]);
    await gold.look();
    await gold.server.runLate();
    await gold.look();
    assert.equal(gold.load.state, 'PAUSED', 'a RESUME that comes late lets nothing bad through for long');
  });
}

test('a process that ended after it wrote its intent down is made up for', async (t) => {
  const gold = await stream(t);
  gold.hold([null]);
  const real = gold.warehouse;
  const ending = {
    ...gold.services,
    warehouses: new Map([['starrocks', { ...real, setFeed: () => Promise.reject(new Error('ended')) }]]),
  };
  await assert.rejects(lookAtFeeds(ending, new ContractBook(), new Date(START + 60_000)), /ended/);
  assert.deepEqual([gold.load.state, await gold.pauses()], ['RUNNING', ['clicks pausing']]);
  await gold.look();
  assert.deepEqual([gold.load.state, await gold.pauses()], ['PAUSED', ['clicks paused']]);
});

test('what a contract does not ask for any more is let go', async (t) => {
  const gold = await stream(t);
  gold.hold([null]);
  await gold.look();
  assert.equal(gold.load.state, 'PAUSED');
  const contract = (version: string, target: string): string =>
    `dataset: gold.orders\nnamespace: starrocks\nversion: "${version}"\nowner: shop@example.com\npartition: { column: dt, grain: day }\ngate: { publish_to: "starrocks:gold.orders${target}" }\nquality:\n  - check: "null_count(amount) = 0"\n`;
  const push = (text: string): Promise<unknown> =>
    pushContracts(gold.services, { text, fileName: 'orders.yaml' }, new Date(START));
  await push(contract('1.0.1', '?by=routine_load&every=600'));
  await gold.look();
  assert.deepEqual([gold.load.state, gold.sent().length], ['PAUSED', 1], 'other options change nothing');
  await push(contract('1.0.2', '?by=routine_load&job=other'));
  await gold.look();
  assert.deepEqual([gold.load.state, gold.sent().length], ['NEED_SCHEDULE', 2]);
  await push(contract('1.0.3', '?by=routine_load'));
  await gold.look();
  assert.equal(gold.load.state, 'PAUSED');
  await push(contract('1.0.4', '?by=replace'));
  await gold.look();
  assert.deepEqual([gold.load.state, gold.sent().length], ['NEED_SCHEDULE', 4]);
});

test('targets say what is wrong with them', () => {
  const feed = parseTarget('gold.clicks?by=routine_load&job=a&job=b&on=objectives');
  assert.ok(typeof feed !== 'string');
  assert.deepEqual(feed.feed, { jobs: ['a', 'b'], pausesOn: ['objectives', 'freeze'], everySeconds: 300 });
  for (const text of [
    'gold.clicks?by=swap&job=a',
    'gold.clicks?by=routine_load&grain=day',
    'gold.clicks?by=routine_load&on=fridays',
    'gold.clicks?by=routine_load&every=1',
  ])
    assert.equal(typeof parseTarget(text), 'string', text);
});

test('nothing in another table is touched, and a partition is read by its day', async (t) => {
  const gold = await stream(t);
  const other = gold.server.frontEnd.createRoutineLoad('other', 'gold.other');
  gold.hold([null]);
  await gold.look();
  assert.equal(other.state, 'RUNNING');
  const [row] = await gold.services.database.rows<EvaluationRow>({
    name: 'p',
    text: 'select * from evaluation',
    values: [],
  });
  assert.deepEqual([row?.partition, row?.candidate_ref], [DAY, 'gold.orders/live/p20260101']);
});

test('a cluster that does not answer is asked once in a look, whatever the number of its targets', async (t) => {
  const gold = await stream(t);
  const contract = (name: string): string =>
    `dataset: gold.${name}\nnamespace: starrocks\nversion: "1.0.0"\nowner: shop@example.com\ngate: { publish_to: "starrocks:gold.${name}?by=routine_load" }\nquality:\n  - check: "row_count > 0"\n`;
  for (const name of ['one', 'two'])
    await pushContracts(gold.services, { text: contract(name), fileName: `${name}.yaml` }, new Date(START));
  let asked = 0;
  const away = {
    ...gold.warehouse,
    feeds: () => {
      asked += 1;
      return Promise.resolve({ status: 'retryable' as const, reason: 'away' });
    },
  };
  const services = { ...gold.services, warehouses: new Map([['starrocks', away]]) };
  const report = await lookAtFeeds(services, new ContractBook(), new Date(START));
  assert.deepEqual([asked, report.faults.length], [1, 1]);
});

test('the API shows what is paused and why', async (t) => {
  const gold = await stream(t);
  gold.hold([null]);
  await gold.look();
  const app = await buildServer({
    config: { bodyBytes: 1_000_000 },
    database: gold.services.database,
    ingest: new Ingest({ database: gold.services.database, now: () => new Date(START) }),
    gate: gold.services,
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  t.after(() => app.close());
  const read = async (): Promise<BreakerAnswer> =>
    (await app.inject({ url: '/api/v2/gates/gold.orders/breaker?namespace=starrocks' })).json();
  const { breaches, items } = await read();
  assert.deepEqual(
    [breaches.map(({ kind }) => kind), items.map(({ load, state, target }) => [load, state, target])],
    [['checks'], [['clicks', 'paused', 'starrocks:gold.orders?by=routine_load']]],
  );
  assert.deepEqual(items[0]?.reasons, breaches);
  gold.hold([10]);
  await gold.look();
  const after = await read();
  assert.deepEqual([after.breaches, after.items[0]?.state], [[], 'released']);
});
