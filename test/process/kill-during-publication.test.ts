import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { repairPublications } from '#gate/ledger.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { evaluationById, type EvaluationRow } from '#store/evaluations.ts';
import { served, testGate, type TestGate } from '#test/gate/gate.ts';

const LATER = 120_000;
const DAY = '2001-01-01';

function publishElsewhere(gate: TestGate, row: EvaluationRow, mode: string): ChildProcess {
  const script = join(import.meta.dirname, 'publishing-process.ts');
  const args = [script, gate.storeUrl, gate.house.url, 'publish', row.id, row.candidate_version ?? '', mode];
  return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** A partition that is served, and a better candidate for it. */
async function published(gate: TestGate): Promise<EvaluationRow> {
  const first = await gate.evaluate(DAY, 2);
  await publishEvaluation(
    gate.services,
    first.id,
    { expectedVersion: first.candidate_version ?? '' },
    new Date(),
  );
  return gate.evaluate(DAY, 3);
}

async function stateOf(gate: TestGate, row: EvaluationRow): Promise<string | undefined> {
  return (await gate.services.database.rows<EvaluationRow>(evaluationById(row.id)))[0]?.state;
}

test(
  'kill -9 between the commit in the warehouse and the ledger: the repair finishes it',
  { timeout: 60_000 },
  async (t) => {
    const gate = await testGate(t);
    const row = await published(gate);
    const child = publishElsewhere(gate, row, 'die-after-commit');
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual(await served(gate.house), [`${DAY} 3`]);
    assert.equal(await stateOf(gate, row), 'passed', 'the ledger does not know yet');
    const report = await repairPublications(gate.services, new Date());
    assert.deepEqual([report.finished.length, report.failed.length, report.left.length], [1, 0, 0]);
    assert.equal(await stateOf(gate, row), 'published');
  },
);

test(
  'kill -9 before the commit: the old partition is served, and the repair says failed',
  { timeout: 60_000 },
  async (t) => {
    const gate = await testGate(t);
    const row = await published(gate);
    const reader = await gate.house.connect();
    await reader.query('begin; select count(*) from gold.daily_routes');
    const child = publishElsewhere(gate, row, 'plain');
    // Everything is prepared, and only the lock on gold is missing.
    const waiting = "select 1 from pg_locks where relation = 'gold.daily_routes'::regclass and not granted";
    while ((await gate.house.values(waiting)).length === 0) assert.equal(child.exitCode, null);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await reader.query('commit');
    const report = await repairPublications(gate.services, new Date(Date.now() + LATER));
    assert.deepEqual([report.finished.length, report.failed.length], [0, 1]);
    assert.deepEqual(await served(gate.house), [`${DAY} 2`]);
    const order = { expectedVersion: row.candidate_version ?? '' };
    assert.equal((await publishEvaluation(gate.services, row.id, order, new Date())).state, 'published');
    assert.deepEqual(await served(gate.house), [`${DAY} 3`]);
  },
);
