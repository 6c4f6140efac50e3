import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from '#store/sql.ts';
import { at, idOf, promised, type Promised } from './promised.ts';

const DEADLINE = 'partition: {column: dt, grain: day}\ndeadline: "06:30 Europe/Berlin"';

/** Ten mornings on which bronze, silver and gold landed by 04:00 in Berlin. */
async function mornings(of: Promised): Promise<void> {
  for (let day = 1; day <= 10; day += 1) {
    const date = (n: number): string => `2026-05-${String(n).padStart(2, '0')}`;
    await of.write('bronze', date(day), `${date(day + 1)}T00:30`);
    await of.write('silver', date(day), `${date(day + 1)}T01:00`, { inputs: ['bronze'] });
    await of.write('gold', date(day), `${date(day + 1)}T02:00`, { minutes: 60, inputs: ['silver'] });
  }
}

async function nextLook(of: Promised): Promise<string> {
  const [row] = await of.database.rows<{ at: Date }>(sql`select min(next_at) as at from objective`);
  return row?.at.toISOString() ?? '';
}

async function evidence(of: Promised): Promise<readonly string[]> {
  const rows = await of.database.rows<{ text: string }>(sql`
    select severity || ' ' || partition || ' ' || to_char(at at time zone 'UTC', 'DD HH24:MI') || ' ' || summary
             || coalesce(' [' || cleared_by || ']', '') as text
      from evidence where source = 'objective' order by at`);
  return rows.map(({ text }) => text);
}

describe('a promise by a time of day', () => {
  test('is warned of, missed at its deadline and met late, with no event in between', async (t) => {
    const of = await promised(t);
    await of.promise('gold', DEADLINE);
    await mornings(of);
    of.clock.now = at('2026-05-11T12:00');
    const objectives = of.begin();
    assert.equal(await objectives.look(), 1);
    assert.deepEqual((await of.periods('gold')).map(({ period, state }) => `${period} ${state}`).slice(-3), [
      '2026-05-09 met',
      '2026-05-10 met',
      '2026-05-11 waiting',
    ]);
    // Bronze, silver and gold take two hours together; half past four UTC is the deadline.
    assert.equal(await nextLook(of), '2026-05-12T02:30:00.001Z');
    of.clock.now = at('2026-05-12T02:30');
    assert.equal(await objectives.look(), 0, 'nothing is looked at before its time');
    of.clock.now = new Date('2026-05-12T02:30:00.001Z');
    assert.equal(await objectives.look(), 1);
    assert.equal(await of.state('gold'), 'at_risk');
    await of.incidents.pass();
    assert.deepEqual(await evidence(of), [
      'warning dt=2026-05-11 12 02:30 will be missed: 2026-05-11 is due 2026-05-12 04:30Z and expected 0 s later at the earliest; it waits for bronze, which has not begun',
    ]);
    assert.equal(await nextLook(of), '2026-05-12T04:30:00.001Z');
    of.clock.now = at('2026-05-12T05:00');
    await objectives.look();
    assert.equal(await of.state('gold'), 'missed');
    await of.incidents.pass();
    assert.deepEqual((await evidence(of)).slice(1), [
      'critical dt=2026-05-11 12 04:30 missed: 2026-05-11 has not landed, due 2026-05-12 04:30Z',
    ]);
    assert.match((await evidence(of))[0] ?? '', /\[good\]$/);
    await of.write('gold', '2026-05-11', '2026-05-12T06:15');
    of.clock.now = at('2026-05-12T06:16');
    objectives.landed([idOf('gold')]);
    assert.equal(await objectives.look(), 1);
    const last = (await of.periods('gold')).find(({ period }) => period === '2026-05-11');
    assert.deepEqual([last?.state, last?.late, last?.alarm], ['late', 6300, false]);
    assert.match(last?.warning ?? '', /waits for bronze/, 'that it was foreseen stays on record');
    await of.incidents.pass();
    assert.ok((await evidence(of)).every((line) => line.endsWith('[good]')));
    const [incident, ...more] = await of.database.rows<{ kind: string; state: string }>(
      sql`select kind, state from incident where state <> 'merged'`,
    );
    assert.deepEqual([incident, more], [{ kind: 'freshness', state: 'resolved' }, []]);
  });

  test('a process that was down at the deadline dates the miss at the deadline', async (t) => {
    const of = await promised(t);
    await of.promise('gold', DEADLINE);
    await mornings(of);
    of.clock.now = at('2026-05-11T12:00');
    await of.begin().look();
    // Nothing runs until the afternoon of the next day; then another process begins.
    of.clock.now = at('2026-05-12T15:00');
    await of.begin().look();
    await of.incidents.pass();
    assert.deepEqual(await evidence(of), [
      'critical dt=2026-05-11 12 04:30 missed: 2026-05-11 has not landed, due 2026-05-12 04:30Z',
    ]);
    const [incident] = await of.database.rows<{ opened_at: Date }>(sql`select opened_at from incident`);
    assert.equal(incident?.opened_at.toISOString(), '2026-05-12T04:30:00.000Z');
    // It had landed in time, and only the news was late: there was no miss.
    await of.write('gold', '2026-05-11', '2026-05-12T04:10');
    const objectives = of.begin();
    objectives.landed([idOf('gold')]);
    await objectives.look();
    await of.incidents.pass();
    assert.match((await evidence(of))[0] ?? '', /\[reversed\]$/);
    assert.equal((await of.periods('gold')).at(-2)?.state, 'met');
  });

  test('later data ends the alarm of a gap, and the gap stays a miss', async (t) => {
    const of = await promised(t);
    await of.promise('gold', DEADLINE);
    await mornings(of);
    of.clock.now = at('2026-05-12T12:00');
    const objectives = of.begin();
    await objectives.look();
    assert.equal(await of.state('gold'), 'missed');
    await of.incidents.pass();
    await of.write('gold', '2026-05-12', '2026-05-13T02:00');
    of.clock.now = at('2026-05-13T12:00');
    await objectives.look();
    await of.incidents.pass();
    assert.deepEqual(
      (await of.periods('gold')).slice(-3).map(({ state, alarm }) => [state, alarm]),
      [
        ['missed', false],
        ['met', false],
        ['waiting', false],
      ],
    );
    assert.ok((await evidence(of)).every((line) => line.endsWith('[good]')));
  });

  test('a run upstream that is at work counts, and one that landed is done', async (t) => {
    const of = await promised(t);
    await of.promise('gold', DEADLINE);
    await mornings(of);
    await of.write('bronze', '2026-05-11', '2026-05-12T00:30');
    await of.write('silver', '2026-05-11', '2026-05-12T03:50', { minutes: 20, begunOnly: true });
    of.clock.now = at('2026-05-12T03:31');
    const objectives = of.begin();
    await objectives.look();
    assert.equal(await of.state('gold'), 'at_risk');
    const why = (await of.periods('gold')).at(-1)?.warning;
    assert.match(
      why ?? '',
      /expected 30 min later at the earliest; it waits for silver, which is being made for 1 min/,
    );
  });
});

describe('freshness', () => {
  test('of data without partitions is over so long after each landing', async (t) => {
    const of = await promised(t);
    await of.promise('stream', 'sla: 4 hours');
    await of.write('stream', '', '2026-05-01T10:00');
    of.clock.now = at('2026-05-01T11:00');
    const objectives = of.begin();
    await objectives.look();
    assert.equal(await nextLook(of), '2026-05-01T14:00:00.001Z');
    of.clock.now = at('2026-05-01T16:00');
    await objectives.look();
    assert.deepEqual(
      (await of.periods('stream')).map(({ state }) => state),
      ['missed'],
    );
    await of.write('stream', '', '2026-05-01T17:00');
    of.clock.now = at('2026-05-01T17:01');
    objectives.landed([idOf('stream')]);
    await objectives.look();
    assert.deepEqual(
      (await of.periods('stream')).map(({ state, late }) => [state, late]),
      [
        ['late', 10_800],
        ['waiting', null],
      ],
    );
  });

  test('nothing is due of what never landed, or of the past played again', async (t) => {
    const of = await promised(t);
    await of.promise('never', 'sla: 4 hours');
    await of.promise('history', 'partition: {column: dt, grain: day}\nsla: 4 hours');
    await of.write('history', '2001-01-01', '2026-05-01T00:30');
    of.clock.now = at('2026-05-09T00:00');
    await of.begin().look();
    assert.deepEqual([await of.state('never'), await of.state('history')], ['cannot_tell', 'cannot_tell']);
    await of.incidents.pass();
    assert.deepEqual(await evidence(of), []);
  });
});

test('when the whole scheduler is silent nobody can tell, and that is told', async (t) => {
  const of = await promised(t);
  await of.promise('gold', DEADLINE);
  await mornings(of);
  for (let n = 0; n < 300; n += 1) {
    const ended = new Date(+at('2026-05-11T23:00') + n * 20_000).toISOString().slice(0, -1);
    await of.write(`beside ${n % 60}`, '', ended);
  }
  of.clock.now = at('2026-05-12T05:00');
  await of.begin().look();
  assert.equal(await of.state('gold'), 'cannot_tell');
  await of.incidents.pass();
  assert.match(
    (await evidence(of))[0] ?? '',
    /cannot tell whether 2026-05-11 landed.*nothing is heard of any job of its scheduler for 4 h/,
  );
});

test('a contract that changes its promise begins anew; one without it is forgotten, and its alarm ends', async (t) => {
  const of = await promised(t);
  await of.promise('gold', DEADLINE);
  await mornings(of);
  of.clock.now = at('2026-05-12T12:00');
  const objectives = of.begin();
  await objectives.look();
  await of.incidents.pass();
  assert.equal((await evidence(of)).length, 1);
  await of.promise('gold', 'partition: {column: dt, grain: day}\ndeadline: "07:00 Europe/Berlin"', '1.1.0');
  await objectives.look();
  const [row] = await of.database.rows<{ since: Date }>(sql`select since from objective`);
  assert.equal(row?.since.toISOString(), '2026-05-12T12:00:00.000Z');
  of.clock.now = at('2026-05-12T13:00');
  await of.promise('gold', 'partition: {column: dt, grain: day}', '1.2.0');
  await objectives.look();
  assert.equal(await of.state('gold'), 'none');
  await of.incidents.pass();
  assert.ok(
    (await evidence(of)).every((line) => line.endsWith('[good]')),
    (await evidence(of)).join('\n'),
  );
});

test('several collectors look at each promise once', async (t) => {
  const of = await promised(t);
  for (let n = 0; n < 40; n += 1) await of.promise(`table_${n}`, 'sla: 4 hours');
  const first = of.begin();
  const second = of.begin();
  await first.look();
  await second.look();
  await of.database.execute(sql`update objective set next_at = ${of.clock.now}`);
  const looked = await Promise.all([first.look(), second.look()]);
  assert.equal(looked[0] + looked[1], 40);
});
