import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { chainActs } from '#collector/audit/chain-acts.ts';
import { ConfigError, parseConfig } from '#collector/config.ts';
import { gateWebhooks } from '#collector/gate-config.ts';
import { openGateWebhooks } from '#collector/open-gate-webhooks.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { setFreeze } from '#gate/freeze.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { rollbackPartition } from '#gate/rollback.ts';
import { GATE_EVENTS, GateWebhooks, type GateWebhooksOptions } from '#gate/webhooks.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { testGate } from '#test/gate/gate.ts';
import { testDatabase } from '#test/support/database.ts';
import { httpDouble } from '#test/support/http-double.ts';

const NOW = new Date('2026-01-31T06:40:00Z');

async function act(database: Database, action: string, count = 1): Promise<void> {
  await database.execute(
    sql`insert into audit (at, actor, action, subject, subject_id, detail)
        select ${NOW}, 'Ada', ${action}, 'evaluation', n::text, '{}' from generate_series(1, ${count}::integer) n`,
  );
  await chainActs(database);
}

type Send = GateWebhooksOptions['send'];

async function webhooks(
  t: TestContext,
  database: Database,
  send: Send,
  more: Partial<GateWebhooksOptions> = {},
): Promise<GateWebhooks> {
  const hooks = new GateWebhooks({
    database,
    hooks: [{ name: 'one', events: new Set(GATE_EVENTS) }],
    send,
    now: () => NOW,
    nextAttempt: (_, __, now) => now,
    pause: 3_600_000,
    ...more,
  });
  await hooks.start();
  t.after(() => hooks.stop());
  return hooks;
}

test('a receiver is told of what the gate does, signed, with the address of the page', async (t) => {
  const gate = await testGate(t);
  const { database } = gate.services;
  const receiver = await httpDouble(t);
  const file = parseConfig(
    `gate:\n  webhooks:\n    - { name: catalog, url: "${receiver.url}", secret: "\${S}", allow_private: true }\n`,
    'assay.yaml',
    { S: 'secret' },
  );
  const hooks = openGateWebhooks({
    webhooks: gateWebhooks(file.gate),
    database,
    now: () => new Date(),
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
  });
  await hooks.start();
  t.after(() => hooks.stop());
  const now = new Date();
  const first = await gate.evaluate('2001-01-01', 3);
  await publishEvaluation(gate.services, first.id, { expectedVersion: first.candidate_version ?? '' }, now);
  const second = await gate.evaluate('2001-01-01', 4, { table: 'better' });
  await publishEvaluation(gate.services, second.id, { expectedVersion: second.candidate_version ?? '' }, now);
  await rollbackPartition(
    gate.services,
    { datasetId: first.dataset_id, partition: first.partition, requestedBy: 'Ada' },
    now,
  );
  await setFreeze(
    gate.services,
    { datasetId: first.dataset_id, action: 'freeze', reason: 'wrong', author: 'Ada' },
    now,
  );
  await chainActs(database);
  await hooks.look();
  const documents = receiver.got.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  assert.deepEqual(
    documents.map(({ type }) => type),
    ['gate.decided', 'gate.published', 'gate.decided', 'gate.published', 'gate.rolled_back', 'gate.frozen'],
  );
  assert.deepEqual(
    documents.slice(0, 2).map(({ path }) => path),
    [`/publications/${first.id}`, `/publications/${first.id}`],
  );
  const [request] = receiver.got;
  assert.equal(request?.headers['assay-idempotency-key'], documents[0]?.['id']);
  const [, seconds, digest] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request?.headers['assay-signature'])) ?? [];
  assert.equal(digest, createHmac('sha256', 'secret').update(`${seconds}.${request?.body}`).digest('hex'));
  await hooks.look();
  assert.equal(receiver.got.length, documents.length, 'once');
});

test('a new receiver hears of what happens from now on, and of what it asked for alone', async (t) => {
  const database = await testDatabase(t);
  await act(database, 'gate.decided');
  const told: string[] = [];
  const hooks = await webhooks(
    t,
    database,
    async (_, { type }) => {
      told.push(type);
      return { status: 'success' };
    },
    { hooks: [{ name: 'one', events: new Set(['gate.waived']) }] },
  );
  await act(database, 'gate.decided', 250);
  await act(database, 'waiver.approved');
  await act(database, 'mark.expected');
  for (let look = 0; look < 4; look += 1) await hooks.look();
  assert.deepEqual(told, ['gate.waived']);
});

test('who does not answer is asked again for the same, in order; others go on; after a day it is given up', async (t) => {
  const database = await testDatabase(t);
  let now = NOW;
  let away = true;
  const told: string[] = [];
  const lost: string[] = [];
  const hooks = await webhooks(
    t,
    database,
    async (hook, { id }) => {
      if (hook === 'slow' && away) return { status: 'retryable', reason: 'away' };
      told.push(`${hook} ${id}`);
      return { status: 'success' };
    },
    {
      hooks: ['slow', 'quick'].map((name) => ({ name, events: new Set(GATE_EVENTS) })),
      now: () => now,
      nextAttempt: (attempts, _, at) => new Date(at.getTime() + attempts * 1000),
      onGivenUp: (hook, event) => lost.push(`${hook} ${event}`),
    },
  );
  await act(database, 'gate.decided', 2);
  await hooks.look();
  assert.deepEqual(told, ['quick audit-1', 'quick audit-2']);
  const state = async (): Promise<object | undefined> =>
    (
      await database.rows(
        sql`select position, attempts, next_at, last_error, claimed_by from gate_hook where name = 'slow'`,
      )
    )[0];
  const waiting = { position: 0, attempts: 1, next_at: new Date(NOW.getTime() + 1000), last_error: 'away' };
  assert.deepEqual(await state(), { ...waiting, claimed_by: null });
  away = false;
  await hooks.look();
  assert.equal(told.length, 2, 'not before its time');
  now = new Date(NOW.getTime() + 1000);
  await hooks.look();
  assert.deepEqual(told.slice(2), ['slow audit-1', 'slow audit-2']);
  away = true;
  await act(database, 'gate.decided');
  await hooks.look();
  now = new Date(NOW.getTime() + 25 * 3_600_000);
  await hooks.look();
  assert.deepEqual(lost, ['slow audit-3']);
});

test('an answer of no is given up at once, and what comes after it is told', async (t) => {
  const database = await testDatabase(t);
  const lost: string[] = [];
  let times = 0;
  const hooks = await webhooks(
    t,
    database,
    async () => {
      times += 1;
      return times === 1 ? { status: 'failure', reason: '410' } : { status: 'success' };
    },
    { onGivenUp: (_, event, reason) => lost.push(`${event} ${reason}`) },
  );
  await act(database, 'gate.decided', 2);
  await hooks.look();
  assert.deepEqual([times, lost], [2, ['audit-1 410']]);
});

test('two collectors tell once; one that dies is followed after its lease, with what was not taken', async (t) => {
  const database = await testDatabase(t);
  const told: string[] = [];
  let hold: Promise<void> = Promise.resolve();
  const send: Send = async (_, { id }) => {
    await hold;
    told.push(id);
    return { status: 'success' };
  };
  let now = NOW;
  const [one, other] = [
    await webhooks(t, database, send, { now: () => now }),
    await webhooks(t, database, send, { now: () => now }),
  ];
  await act(database, 'gate.decided', 3);
  let go = (): void => {};
  hold = new Promise((resolve) => (go = resolve));
  const first = one.look();
  // As long as the first is at it, nobody else is.
  const claims = async (): Promise<number> =>
    (await database.rows(sql`select from gate_hook where claimed_by is not null`)).length;
  for (let look = 0; look < 5000 && (await claims()) === 0; look += 1);
  assert.equal(await other.look(), 0);
  go();
  assert.equal(await first, 3);
  assert.deepEqual(told, ['audit-1', 'audit-2', 'audit-3']);
  await act(database, 'gate.decided');
  await database.execute(
    sql`update gate_hook set claimed_by = 'dead', claimed_until = ${new Date(NOW.getTime() + 60_000)}`,
  );
  assert.equal(await other.look(), 0);
  now = new Date(NOW.getTime() + 61_000);
  assert.equal(await other.look(), 1);
  assert.equal(told.at(-1), 'audit-4');
});

test('the configuration is held to: unknown events, names twice, a secret in the file', () => {
  const fault = (text: string): string => {
    try {
      parseConfig(`gate:\n  webhooks:\n${text}`, 'assay.yaml', {});
      return 'none';
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.message;
    }
  };
  const hook = (more: string): string => `    - { name: a, url: "https://a.example"${more} }\n`;
  assert.equal(fault(hook('')), 'none');
  assert.match(
    fault(hook(', events: [gate.dreamt]')),
    /assay\.yaml:3:\d+: \/gate\/webhooks\/0\/events\/0 must be one of gate\.decided/,
  );
  assert.match(fault(hook('') + hook('')), /a is there twice/);
  assert.match(fault(hook(', secret: abc')), /is a secret and does not belong in the file/);
  assert.match(fault('    - { name: a, url: "ftp://a.example" }\n'), /\/gate\/webhooks\/0\/url/);
});
