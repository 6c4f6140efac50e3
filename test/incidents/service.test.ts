import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { actOnIncident, incidentNamed } from '#collector/incidents/act.ts';
import { incidentAlerts } from '#collector/incidents/alert-events.ts';
import { concludeState } from '#collector/incidents/conclude-state.ts';
import { showIncident } from '#collector/incidents/show.ts';
import type { IncidentRow } from '#store/incidents.ts';
import { sql } from '#store/sql.ts';
import { DAYS, estate, goodDays, idOf, kept, rowsOf } from './estate.ts';

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

  test('what read another day of a bad source fails for a reason of its own; what read the bad one, whenever, does not', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50, { minute: 60 });
    await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'], readDay: DAYS - 1 });
    // Two hours and more after the source: too late for it, did the run not say what it read.
    await of.write(DAYS, 'gold', 50, { minute: 200, inputs: ['silver', 'bronze'], readDay: DAYS });
    await of.write(DAYS, 'other', rowsOf(DAYS), { minute: 125 });
    await of.settle();
    const incidents = await kept(of.database);
    assert.deepEqual(incidents.map(({ root }) => root).toSorted(), ['bronze', 'silver']);
    const home = incidents.find(({ evidence }) => evidence.includes(`gold ${DAY} row_count`));
    assert.ok(home);
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

  test('a held candidate and its failed checks are one incident, until the gate lets the partition pass', async (t) => {
    const of = await estate(t);
    await goodDays(of, 3);
    const evaluate = async (table: string, decision: 'allow' | 'block', minute: number): Promise<void> => {
      const at = new Date(of.clock.now.getTime() + minute * 60_000);
      const id = randomUUID();
      of.clock.now = at;
      await of.database.execute(sql`
        insert into evaluation (id, dataset_id, namespace, name, partition, contract_version, contract_hash, warehouse, target,
          empty_partition, candidate_kind, candidate_ref, state, decision, reasons, requested_at, decided_at)
        values (${id}, ${idOf(table)}, 'n', ${table}, 'dt=2026-01-03', '1.0.0', '00', 'w', 'gold.t', 'block', 'table', 'staging.t',
          ${decision === 'block' ? 'failed' : 'passed'}, ${decision},
          ${JSON.stringify(decision === 'block' ? [{ checkId: 'c', status: 'fail', message: 'row_count is 6', waivedBy: null }] : [])}::jsonb,
          ${at}, ${at})`);
      if (decision === 'block')
        await of.database.execute(sql`
          insert into check_result (evaluation_id, position, check_id, text, severity, status, value, expected, message, facts, baseline)
          values (${id}, 0, 'c', 'row_count > 1000', 'block', 'fail', 6, '> 1000', 'row_count is 6', '{}', '[]'),
                 (${id}, 1, 'd', 'unique(id)', 'info', 'fail', 1, '0', 'one repeats', '{}', '[]'),
                 (${id}, 2, 'e', 'avg(x) > 1', 'block', 'learning', null, '', 'too few', '{}', '[]')`);
    };
    await evaluate('silver', 'block', 5);
    await evaluate('gold', 'block', 20);
    await of.settle();
    const [incident, ...others] = await kept(of.database);
    assert.deepEqual(others, []);
    assert.deepEqual([incident?.root, incident?.severity, incident?.state], ['silver', 'critical', 'open']);
    assert.deepEqual(incident?.evidence, [
      'gold dt=2026-01-03 c',
      'gold dt=2026-01-03 publication',
      'silver dt=2026-01-03 c',
      'silver dt=2026-01-03 publication',
    ]);
    const { held } = await showIncident(of.database, await incidentNamed(of.database, incident.id));
    assert.deepEqual(held.map(({ dataset }) => dataset).toSorted(), ['gold', 'silver']);
    await evaluate('silver', 'allow', 10);
    await of.settle();
    assert.equal((await kept(of.database))[0]?.state, 'open', 'gold is held still');
    await evaluate('gold', 'allow', 10);
    await of.settle();
    assert.equal((await kept(of.database))[0]?.state, 'resolved');
  });

  test('what the gate said of an input before is told among what changed', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    const at = new Date(of.clock.now.getTime() - 3_600_000);
    await of.database.execute(sql`
      insert into evaluation (id, dataset_id, namespace, name, partition, contract_version, contract_hash, warehouse,
        empty_partition, candidate_kind, candidate_ref, state, decision, reasons, requested_at, decided_at)
      values (${randomUUID()}, ${idOf('bronze')}, 'n', 'bronze', ${DAY}, '1.0.0', '00', 'w', 'block', 'table', 's', 'waived', 'allow',
        '[{"checkId": "c", "status": "fail", "message": "m", "waivedBy": "grace"}]', ${at}, ${at})`);
    await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
    await of.settle();
    const [row] = await of.database.rows<{ changes: string[] }>(sql`select changes from incident`);
    assert.equal(row?.changes.at(-1), `grace let failures of its input bronze ${DAY} pass`);
  });

  test('a run that failed is evidence against what it should have made, until its job completes again', async (t) => {
    const of = await estate(t);
    await goodDays(of, 3);
    await of.write(3, 'silver', 0, { type: 'FAIL', error: 'java.lang.OutOfMemoryError: Java heap space' });
    await of.settle();
    const [failed] = await kept(of.database);
    assert.deepEqual(
      [failed?.root, failed?.kind, failed?.state, failed?.evidence],
      ['silver', 'run', 'open', ['silver dt=2026-01-04 make silver']],
    );
    const [evidence] = await of.database.rows<{ own_fault: string; summary: string }>(
      sql`select own_fault, summary from evidence`,
    );
    assert.equal(evidence?.own_fault, 'OutOfMemory');
    assert.match(evidence.summary, /^make silver failed: java\.lang\.OutOfMemoryError/);
    await of.write(3, 'silver', rowsOf(3), { attempt: 1, minute: 70 });
    await of.settle();
    assert.equal((await kept(of.database))[0]?.state, 'resolved');
  });

  test('a run that failed because its input is not there lies in the incident of its input', async (t) => {
    const of = await estate(t);
    await goodDays(of, 3);
    await of.write(3, 'bronze', 0, { type: 'FAIL', error: 'connection reset by the source' });
    await of.write(3, 'silver', 0, {
      type: 'FAIL',
      minute: 75,
      inputs: ['bronze'],
      error: 'AnalysisException: Path does not exist: s3://bronze/dt=2026-01-04',
    });
    await of.settle();
    assert.deepEqual(
      (await kept(of.database)).map(({ root, evidence }) => [root, evidence.length]),
      [['bronze', 2]],
    );
  });

  test('a run that was never heard of again is evidence', async (t) => {
    const of = await estate(t);
    await goodDays(of, 3);
    await of.write(3, 'gold', 0, { type: 'START' });
    await of.settle();
    assert.deepEqual(await kept(of.database), []);
    of.clock.now = new Date(of.clock.now.getTime() + 7 * 3_600_000);
    await of.settle();
    assert.deepEqual(
      (await kept(of.database)).map(({ root, kind }) => [root, kind]),
      [['gold', 'run']],
    );
    const [{ summary } = { summary: '' }] = await of.database.rows<{ summary: string }>(
      sql`select summary from evidence`,
    );
    assert.equal(summary, 'make gold fell silent');
  });

  test('late news of the source moves the root up; who was at it stays so, and the old address leads there', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
    await of.settle();
    const [before] = await kept(of.database);
    assert.equal(before?.root, 'silver');
    await actOnIncident(of.database, before.id, { type: 'acknowledge' }, 'ada', of.clock.now);
    // Its event comes after all, hours late.
    of.clock.now = new Date(of.clock.now.getTime() + 3 * 3_600_000);
    await of.write(DAYS, 'bronze', 50, { minute: 60 });
    await of.settle();
    const [after, ...others] = await kept(of.database);
    assert.deepEqual(others, []);
    assert.deepEqual([after?.root, after?.state], ['bronze', 'acknowledged']);
    assert.notEqual(after?.id, before.id);
    const survivor = await incidentNamed(of.database, before.id);
    assert.deepEqual([survivor.id, survivor.acknowledged_by], [after?.id, 'ada']);
    const { timeline } = await showIncident(of.database, survivor);
    assert.deepEqual(
      timeline.map(({ type }) => type),
      ['opened', 'acknowledged', 'evidence', 'rerooted', 'absorbed', 'merged'],
    );
  });

  test('what keeps failing day after day is one incident, and is told again only by what is new', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    for (let n = 0; n < 4; n += 1) {
      await of.write(DAYS + n, 'bronze', 50 + n);
      await of.settle();
    }
    const incidents = await kept(of.database);
    assert.equal(incidents.length, 1);
    assert.ok((incidents[0]?.evidence.length ?? 0) >= 3);
    const [row] = await of.database.rows<{ version: number }>(sql`select version from incident`);
    assert.equal(row?.version, 1);
  });

  test('a snooze ends by itself, and an incident that comes and goes does not end at once', () => {
    const now = new Date('2026-02-01T12:00:00Z');
    const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);
    const woken = concludeState({ ...ROW, state: 'snoozed', snoozed_until: hoursAgo(0) }, [], now);
    assert.deepEqual([woken.row.state, woken.row.version], ['open', 2]);
    const quiet = { ...ROW, standing: 0 };
    assert.equal(concludeState(quiet, [hoursAgo(1)], now).row.state, 'resolved');
    const flapping = { ...quiet, reopened: [hoursAgo(9), hoursAgo(6), hoursAgo(3)] };
    assert.equal(concludeState(flapping, [hoursAgo(1)], now).row.state, 'open');
    assert.equal(concludeState(flapping, [hoursAgo(3)], now).row.state, 'resolved');
    const back = concludeState({ ...ROW, state: 'resolved', resolution: 'fixed' }, [], now);
    assert.deepEqual([back.row.state, back.row.reopened, back.row.resolution], ['open', [now], null]);
  });

  test('what a detector finds wakes somebody by how rare it is at the tier; anything else always', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50);
    await of.settle();
    of.clock.now = new Date(of.clock.now.getTime() + 31 * 60_000);
    const alerts = incidentAlerts({ database: of.database, now: () => of.clock.now });
    await of.database.execute(sql`update incident set tier = 2, severity = 'warning'`);
    await of.database.execute(sql`update evidence set hard = false, hint = null`);
    const urgency = async (p: number | null): Promise<string | undefined> => {
      await of.database.execute(sql`update verdict set p = ${p}::float8`);
      return (await alerts.eventsSince(null, 10)).events[0]?.urgency;
    };
    assert.equal(await urgency(0.002), 'notice');
    assert.equal(await urgency(0.0009), 'page');
    assert.equal(await urgency(null), 'page', 'nobody knows how rare it is');
    await of.database.execute(sql`update incident set tier = 1`);
    assert.equal(await urgency(0.002), 'page', 'tier 1 tolerates less');
    await of.database.execute(sql`update evidence set hint = 'about half of the expectation'`);
    assert.equal(await urgency(0.5), 'page', 'a signature');
  });

  test('alerting hears of an incident when its time has come, once for each version, and of its end', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50);
    await of.settle();
    const alerts = incidentAlerts({
      database: of.database,
      now: () => of.clock.now,
      baseUrl: 'https://assay.example.com',
    });
    assert.deepEqual(await alerts.eventsSince(null, 10), { events: [], cursor: null }, 'it waits for causes');
    of.clock.now = new Date(of.clock.now.getTime() + 31 * 60_000);
    const first = await alerts.eventsSince(null, 10);
    const [event] = first.events;
    assert.equal(event?.state, 'firing');
    assert.equal(event.root.name, 'bronze');
    assert.match(event.summary, /^bronze: .*50/);
    assert.equal(event.links.incident, `https://assay.example.com/incidents/${event.incidentId}`);
    assert.deepEqual(await alerts.eventsSince(first.cursor, 10), { events: [], cursor: first.cursor });
    assert.equal((await alerts.eventsSince(null, 10)).events.length, 1, 'from before: the same again');
    const answer = await alerts.acknowledge(event.incidentId, 'ada', of.clock.now);
    assert.equal(answer.status, 'success');
    const second = await alerts.eventsSince(first.cursor, 10);
    assert.deepEqual(
      second.events.map(({ state, version, dedupKey }) => [state, version, dedupKey]),
      [['acknowledged', 2, event.dedupKey]],
    );
    await of.write(DAYS + 1, 'bronze', rowsOf(1));
    await of.write(DAYS + 2, 'bronze', rowsOf(2));
    await of.settle();
    const third = await alerts.eventsSince(second.cursor, 10);
    assert.deepEqual(
      third.events.map(({ state, version }) => [state, version]),
      [['resolved', 3]],
    );
    const gone = await alerts.acknowledge(randomUUID(), 'ada', of.clock.now);
    assert.equal(gone.status, 'failure');
  });
});

const ROW: IncidentRow = {
  id: 'i',
  fingerprint: 'f',
  state: 'open',
  root_id: 'd',
  root_how: 'observed',
  kind: 'volume',
  severity: 'warning',
  tier: 3,
  owner: null,
  head_id: 'e',
  opened_at: new Date('2026-02-01T00:00:00Z'),
  last_at: new Date('2026-02-01T00:00:00Z'),
  page_at: new Date('2026-02-01T00:10:00Z'),
  evidence: 1,
  standing: 1,
  datasets: 1,
  impacted: [],
  impacted_count: 0,
  owners: [],
  changes: [],
  acknowledged_at: null,
  acknowledged_by: null,
  snoozed_until: null,
  assignee: null,
  resolved_at: null,
  resolution: null,
  ruled_at: null,
  reopened: [],
  merged_into: null,
  version: 1,
  told_version: 0,
  updated_at: new Date('2026-02-01T00:00:00Z'),
};
