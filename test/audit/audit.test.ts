import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Uuid } from '#model/ids.ts';
import { chainActs } from '#collector/audit/chain-acts.ts';
import { freezeOf, setFreeze } from '#gate/freeze.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { grantWaiver, requestWaiver } from '#gate/waive.ts';
import { CHAIN_START, follow } from '#model/audit.ts';
import { addDecisions } from '#store/aliases.ts';
import { addSilence, endSilence } from '#store/alert-silences.ts';
import { changedEvidence, listAudit, type AuditRow } from '#store/audit.ts';
import { openDatabase, type Database } from '#store/database.ts';
import { addIncidentEvents } from '#store/incidents.ts';
import { addMark, withdrawMark } from '#store/marks.ts';
import { keepInQuarantine, settleQuarantined } from '#store/quarantine.ts';
import { sql } from '#store/sql.ts';
import { testGate } from '#test/gate/gate.ts';
import { testDatabase } from '#test/support/database.ts';

const ID = '01950000-0000-7000-8000-000000000001' as Uuid;
const OTHER = '01950000-0000-7000-8000-000000000002' as Uuid;
const NONE = { actor: null, action: null, subjectId: null, datasetId: null, since: null, until: null };

async function acts(database: Database): Promise<AuditRow[]> {
  await chainActs(database);
  return database.rows<AuditRow>(listAudit(NONE, { order: 'first', from: null, limit: 10_000 }));
}

const wordsOf = (rows: readonly AuditRow[]): string[] =>
  rows.map(({ actor, action }) => `${actor ?? 'Assay'}: ${action}`);

test('what the gate decides and what people do to it is kept by the act itself', async (t) => {
  const gate = await testGate(t);
  const now = new Date();
  const evaluation = await gate.evaluate('2001-01-01', 9);
  const waiver = await requestWaiver(
    gate.services,
    evaluation.id,
    {
      checkIds: evaluation.reasons.map(({ checkId }) => checkId),
      reason: 'a new hub',
      requestedBy: 'Ada',
      expiresAt: new Date(now.getTime() + 3_600_000),
    },
    now,
  );
  await grantWaiver(gate.services, waiver.id, 'Grace', now);
  await publishEvaluation(
    gate.services,
    evaluation.id,
    { expectedVersion: evaluation.candidate_version ?? '', requestedBy: 'airflow' },
    now,
  );
  await setFreeze(
    gate.services,
    { datasetId: evaluation.dataset_id, action: 'freeze', reason: 'wrong prices', author: 'Eve' },
    now,
  );
  assert.ok(await freezeOf(gate.services.database, evaluation.dataset_id));
  const rows = await acts(gate.services.database);
  assert.deepEqual(wordsOf(rows), [
    'Assay: contract.pushed',
    'Assay: gate.decided',
    'Ada: waiver.requested',
    'Grace: waiver.approved',
    'Assay: gate.decided',
    'airflow: publish.publishing',
    'airflow: publish.published',
    'Eve: gate.freeze',
  ]);
  const [, decided, , , again] = rows.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>);
  assert.deepEqual([decided?.['decision'], again?.['decision']], ['block', 'allow']);
  assert.equal(decided?.['version'], evaluation.candidate_version);
  assert.match(String(decided?.['evidence']), /^[0-9a-f]{64}$/);
  assert.equal(follow(CHAIN_START, rows).broken, null);

  const changed = (): Promise<object[]> => gate.services.database.rows(changedEvidence(10));
  assert.deepEqual(await changed(), []);
  await gate.services.database.execute(sql`update check_result set value = 3, status = 'pass'`);
  assert.deepEqual(await changed(), [{ evaluationId: evaluation.id, position: 5 }]);
});

test('marks, silences, incidents, names and quarantine are in it, by those who acted; what Assay does by itself is not', async (t) => {
  const database = await testDatabase(t);
  const now = new Date();
  const later = new Date(now.getTime() + 3_600_000);
  await database.execute(
    addMark(OTHER, {
      id: ID,
      partition: 'dt=2026-01-01',
      metric: null,
      kind: 'expected',
      reason: 'holiday',
      author: 'Ada',
      markedAt: now,
    }),
  );
  await database.execute(withdrawMark(ID, { reason: 'it was none', author: 'Bob', withdrawnAt: now }));
  await database.execute(
    addSilence(
      { id: ID, match: { dataset: ['a'] }, author: 'Ada', comment: 'move', starts_at: now, ends_at: later },
      now,
    ),
  );
  await database.execute(endSilence(ID, 'Bob', new Date(now.getTime() + 1000)));
  await database.execute(
    addIncidentEvents(
      [
        { incidentId: ID, type: 'opened', actor: null, message: 'by evidence' },
        { incidentId: ID, type: 'acknowledged', actor: 'Grace', message: 'somebody is at it' },
      ],
      now,
    ),
  );
  await database.execute(
    addDecisions({
      pairs: [
        [ID, OTHER],
        [ID, '01950000-0000-7000-8000-000000000003'],
      ],
      verdict: 'join',
      reason: 'moved',
      author: 'Ada',
      decidedAt: now,
    }),
  );
  const put = (id: string): Promise<number> =>
    database.execute(
      keepInQuarantine({
        id,
        receivedAt: now,
        source: 'http',
        producer: null,
        reason: 'not_json',
        problems: [],
        size: 1,
        excerpt: 'x',
        codec: 0,
        body: Buffer.from('x'),
      }),
    );
  await put(ID);
  await put(OTHER);
  await put(OTHER);
  await database.execute(
    settleQuarantined({
      state: 'discarded',
      entries: [ID, OTHER].map((id) => ({ id, replayedAs: null })),
      note: 'a test',
      by: 'Bob',
      at: now,
    }),
  );
  await put(OTHER);
  const rows = await acts(database);
  assert.deepEqual(wordsOf(rows), [
    'Ada: mark.expected',
    'Bob: mark.withdrawn',
    'Ada: silence.added',
    'Bob: silence.ended',
    'Grace: incident.acknowledged',
    'Ada: alias.join',
    'Bob: quarantine.discarded',
  ]);
  const last = JSON.parse(rows.at(-1)?.detail ?? '') as { entries: number; ids: string[] };
  assert.deepEqual([last.entries, last.ids], [2, [ID, OTHER]]);
});

async function hundreds(t: TestContext, count: number): Promise<Database & { readonly url: string }> {
  const database = await testDatabase(t);
  await database.execute(
    sql`insert into audit (actor, action, subject, subject_id, detail)
        select 'Ada', 'test.' || n, 'test', n::text, '{}' from generate_series(1, ${count}::integer) n`,
  );
  return database;
}

test('several collectors chain the same acts once, and acts go on meanwhile', async (t) => {
  const database = await hundreds(t, 2500);
  const others = [1, 2, 3].map(() => openDatabase({ url: database.url }));
  t.after(() => Promise.all(others.map((other) => other.close())));
  await database.transaction(async (connection) => {
    // Somebody acts and has not committed: nobody waits for him, and his act comes later.
    await connection.execute(
      sql`insert into audit (actor, action, subject, subject_id, detail) values ('Eve', 'late', 'test', '0', '{}')`,
    );
    await Promise.all(others.map((other) => chainActs(other)));
  });
  const rows = await acts(database);
  assert.equal(rows.length, 2501);
  assert.deepEqual([rows.at(-1)?.action, rows.at(-1)?.position], ['late', 2501]);
  assert.equal(follow(CHAIN_START, rows).broken, null);
});

test('a row can be neither changed nor taken away; who does so past the guard breaks the chain there', async (t) => {
  const database = await hundreds(t, 50);
  await acts(database);
  for (const statement of [
    sql`update audit set actor = 'Eve' where position = 7`,
    sql`update audit set position = null, hash = null where position = 50`,
    sql`delete from audit where position = 7`,
    sql`truncate audit`,
  ])
    await assert.rejects(database.execute(statement), /the audit log is append-only/);

  await database.execute(sql`alter table audit disable trigger user`);
  await database.execute(sql`update audit set actor = 'Eve' where position = 7`);
  assert.equal(follow(CHAIN_START, await acts(database)).broken?.position, 7);
  await database.execute(sql`update audit set actor = 'Ada' where position = 7`);
  assert.equal(follow(CHAIN_START, await acts(database)).broken, null);
  await database.execute(sql`delete from audit where position = 20`);
  assert.match(follow(CHAIN_START, await acts(database)).broken?.why ?? '', /entry 20 is missing/);
});
