import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from '#store/sql.ts';
import { DAYS, estate, goodDays, kept, rowsOf } from './estate.ts';

const DAY = `dt=${new Date(Date.UTC(2026, 0, 1 + DAYS)).toISOString().slice(0, 10)}`;

describe('incidents of what is stored', () => {
  test('a source that breaks off and all that is made of it are one incident, rooted at the source', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.settle();
    assert.deepEqual(await kept(of.database), []);
    await of.write(DAYS, 'bronze', 50, { minute: 60 });
    await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
    await of.write(DAYS, 'gold', 50, { minute: 120, inputs: ['silver'] });
    await of.write(DAYS, 'other', rowsOf(DAYS), { minute: 125 });
    await of.settle();
    const [incident, ...others] = await kept(of.database);
    assert.deepEqual(others, []);
    assert.equal(incident?.root, 'bronze');
    assert.equal(incident.state, 'open');
    assert.equal(incident.kind, 'volume');
    for (const table of ['bronze', 'silver', 'gold'])
      assert.ok(incident.evidence.includes(`${table} ${DAY} row_count`), incident.evidence.join('\n'));
    const [row] = await of.database.rows<{ impacted_count: number; changes: string[]; version: number }>(
      sql`select impacted_count, changes, version from incident`,
    );
    assert.equal(row?.impacted_count, 2);
    assert.match(row.changes[0] ?? '', /^rows 1.?0\d\d → 50 since dt=/);
    assert.equal(row.version, 1);
    // Nothing happened since: nothing is told again.
    await of.settle();
    assert.equal((await of.database.rows(sql`select from incident_event`)).length, 1);
  });

  test('it ends after two good days; what is bad a day later is another one', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50);
    await of.settle();
    await of.write(DAYS + 1, 'bronze', rowsOf(1));
    await of.settle();
    assert.equal((await kept(of.database))[0]?.state, 'open', 'one good day may be chance');
    await of.write(DAYS + 2, 'bronze', rowsOf(2));
    await of.settle();
    const [ended] = await kept(of.database);
    assert.equal(ended?.state, 'resolved');
    await of.write(DAYS + 3, 'bronze', 50, { minute: 60 });
    await of.settle();
    const states = (await kept(of.database)).map(({ state }) => state);
    assert.deepEqual(states, ['resolved', 'open']);
  });
});
