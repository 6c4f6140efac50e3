import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { auditKeys, registerAudit } from '#api/audit.ts';
import { requireKeys } from '#api/authenticate.ts';
import { KeyRing } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { sql } from '#store/sql.ts';
import { runAssay } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';

test('assay audit: a log that is sound, exported, changed, and cut off', async (t) => {
  const database = await testDatabase(t);
  const app = Fastify();
  answerProblems(app);
  registerAudit(app, { database });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const audit = async (...args: string[]) => runAssay(['audit', ...args, '--url', url]);
  await database.execute(
    sql`insert into audit (actor, action, subject, subject_id, detail)
        select '=Ada', 'waiver.approved', 'waiver', n::text, '{"a": 1}' from generate_series(1, 1200) n`,
  );
  const sound = await audit('verify');
  assert.equal(sound.code, 0, sound.stderr);
  const head = /^1200 entries, all as they were written\. Head: (1200:[0-9a-f]{64})\n$/.exec(
    sound.stdout,
  )?.[1];
  assert.ok(head, sound.stdout);
  const listed = await audit('list', '--action', 'waiver', '--limit', '2');
  assert.equal(listed.stdout.trim().split('\n').length, 3);
  assert.match(listed.stdout, /=Ada +waiver\.approved +waiver 1200/);
  assert.equal((await audit('list', '--actor', 'Eve')).stdout.trim().split('\n').length, 1);
  const exported = (await audit('export')).stdout.trim().split('\n');
  assert.equal(exported.length, 1200);
  assert.equal((JSON.parse(exported[0] ?? '') as { position: number }).position, 1);
  const csv = (await audit('export', '--format', 'csv', '--since', '2000-01-01')).stdout.split('\r\n');
  assert.match(csv[1] ?? '', /^1,[^,]+,'=Ada,waiver\.approved,waiver,1,,"\{""a"": 1\}",[0-9a-f]{64}$/);

  await database.execute(sql`alter table audit disable trigger user`);
  await database.execute(sql`update audit set subject_id = '7' where position = 1100`);
  const changed = await audit('verify', '--json');
  assert.equal(changed.code, 1);
  const report = JSON.parse(changed.stdout) as { sound: boolean; broken: { position: number } };
  assert.deepEqual([report.sound, report.broken.position], [false, 1100]);

  await database.execute(sql`delete from audit where position >= 1100`);
  assert.equal((await audit('verify')).code, 0, 'the rest is a chain of its own');
  const cut = await audit('verify', '--head', head);
  assert.equal(cut.code, 1);
  assert.match(cut.stdout, /Broken at entry 1100: the log once had 1200 entries: its end was cut off\./);
  assert.equal((await audit('verify', '--head', 'x')).code, 4);
  assert.match((await audit('list', '--since', 'yesterday')).stderr, /since is no time/);
});

test('a key that was used for what takes admin, or was refused, is in the log by its name', async (t) => {
  const database = await testDatabase(t);
  const app = Fastify();
  answerProblems(app);
  const keys = new KeyRing(
    ['admin', 'read'].map((name) => ({
      name,
      hash: keyHash(`assay_test_key_of_${name}_0123456789`),
      scopes: [name as 'admin' | 'read'],
      namespaces: null,
    })),
  );
  requireKeys(app, { keys, queryKey: false });
  const failed: unknown[] = [];
  auditKeys(app, { database, onError: (error) => failed.push(error) });
  registerAudit(app, { database });
  app.post('/api/v2/quarantine/replay', async () => ({}));
  t.after(() => app.close());
  const call = async (name: string): Promise<number> => {
    const authorization = `Bearer assay_test_key_of_${name}_0123456789`;
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/api/v2/quarantine/replay',
      headers: { authorization },
    });
    return statusCode;
  };
  assert.deepEqual([await call('admin'), await call('read'), await call('nobody')], [200, 403, 401]);
  const rows = async (): Promise<object[]> =>
    database.rows(sql`select actor, action, subject_id from audit order by action desc`);
  // They are written after the answer.
  for (let look = 0; look < 2000 && (await rows()).length < 2 && failed.length === 0; look += 1)
    await sleep(10);
  assert.deepEqual(failed, []);
  assert.deepEqual(await rows(), [
    { actor: 'admin', action: 'key.used', subject_id: 'POST /api/v2/quarantine/replay' },
    { actor: 'read', action: 'key.refused', subject_id: 'POST /api/v2/quarantine/replay' },
  ]);
});
