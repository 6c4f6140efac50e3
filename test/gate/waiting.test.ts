import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContractBook } from '#gate/contract-book.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { noteOverdue, overdueBy, readWaiting } from '#gate/waiting.ts';
import { sql } from '#store/sql.ts';
import { CONTRACT, testGate } from './gate.ts';

const HOUR = 3_600_000;
const book = new ContractBook();
// Publishing goes by the warehouse's clock, so the story ends about now.
const noon = new Date(Date.now() - 8 * HOUR);
const at = (hours: number) => new Date(noon.getTime() + hours * HOUR);

test('what is held longer than the sla is overdue from its first candidate on, and evidence once', async (t) => {
  const gate = await testGate(t, CONTRACT.replace('owner:', 'sla: "4 hours"\nowner:'));
  const { services } = gate;
  await gate.evaluate('2001-01-01', 9, { now: noon });
  await gate.evaluate('2001-01-01', 8, { now: at(3), table: 'second' });
  const within = await readWaiting(services, book, at(4));
  assert.deepEqual(
    within.map((one) => [one.partition, one.waiting_since, one.overdueSeconds]),
    [['flight_date=2001-01-01', noon, null]],
  );
  assert.equal(await noteOverdue(services, within, at(4)), 0);
  const late = await readWaiting(services, book, at(5));
  assert.deepEqual(
    late.map(({ overdueSeconds }) => overdueSeconds),
    [3600],
  );
  assert.equal(await noteOverdue(services, late, at(5)), 1);
  assert.equal(await noteOverdue(services, await readWaiting(services, book, at(6)), at(6)), 0);
  const noted = await services.database.rows(
    sql`select source, severity, subject, at, expected from evidence where partition = 'flight_date=2001-01-01'`,
  );
  assert.deepEqual(noted, [
    { source: 'publication', severity: 'critical', subject: 'sla', at: at(4), expected: 'at most 14400 s' },
  ]);
  const good = await gate.evaluate('2001-01-01', 3, { now: at(7), table: 'third' });
  await publishEvaluation(services, good.id, { expectedVersion: good.candidate_version ?? '' }, new Date());
  assert.deepEqual(await readWaiting(services, book, at(8)), []);
  await gate.evaluate('2001-01-01', 9, { now: at(9), table: 'fourth' });
  const [anew] = await readWaiting(services, book, at(10));
  assert.deepEqual(anew?.waiting_since, at(9), 'what was published waits no more');
});

test('without an sla nothing is overdue; on the minute it is not yet', () => {
  assert.equal(overdueBy(noon, null, at(1000)), null);
  assert.equal(overdueBy(noon, 3600, at(1)), null);
  assert.equal(overdueBy(noon, 3599, at(1)), 1);
});
