import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { incidentAlerts } from '#collector/incidents/alert-events.ts';
import { datasetFacts, ownedFacts, ownerOf } from '#collector/incidents/dataset-facts.ts';
import { runbookOf } from '#collector/incidents/runbook.ts';
import { showIncident } from '#collector/incidents/show.ts';
import { factsOf, linksOf } from '#model/alert-text.ts';
import type { IncidentRow } from '#store/incidents.ts';
import { addContract } from '#store/contracts.ts';
import { sql } from '#store/sql.ts';
import { facet } from '#test/support/sample-events.ts';
import { DAYS, estate, goodDays, idOf, NAMESPACE, rowsOf, type Estate } from './estate.ts';

const owners = (...names: readonly string[]): object => ({
  ownership: facet({ owners: names.map((name) => ({ name, type: 'MAINTAINER' })) }),
});

/** An event that says who owns what: of a run, or static. */
async function say(
  of: Estate,
  time: string,
  { job, outputs, dataset, type }: { job?: object; outputs?: object[]; dataset?: object; type?: 'job' },
): Promise<void> {
  const about =
    dataset !== undefined
      ? { dataset, schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent' }
      : type === 'job'
        ? { job, outputs, schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent' }
        : {
            eventType: 'COMPLETE',
            run: { runId: randomUUID() },
            job,
            outputs,
            schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
          };
  const event = { eventTime: time, producer: 'https://example.com/tests', ...about };
  const answer = await of.ingest.receive(Buffer.from(JSON.stringify(event)), 'http');
  assert.equal(answer.status, 'accepted', JSON.stringify(answer));
}

/** A contract as a push leaves it. */
async function push(of: Estate, dataset: string, owner: string, text: string): Promise<void> {
  await of.database.execute(
    addContract(
      {
        dataset_id: idOf(dataset),
        namespace: NAMESPACE,
        name: dataset,
        version: '1.0.0',
        hash: `${dataset} ${text}`,
        owner,
        file_name: `${dataset}.yaml`,
        text: `dataset: ${dataset}\nowner: ${owner}\n${text}`,
        pushed_at: of.clock.now,
        pushed_by: null,
        object: null,
      },
      [1, 0, 0, 1],
    ),
  );
}

const statedOwnerOf = async (of: Estate, table: string): Promise<string | null | undefined> =>
  (await ownedFacts(of.database, [idOf(table)])).get(idOf(table))?.owner;

describe('owners that no contract names', () => {
  test('are those that the ownership facet of the dataset names last, else that of the job that writes it', async (t) => {
    const of = await estate(t);
    const job = { namespace: 'tests', name: 'make gold' };
    const gold = { namespace: NAMESPACE, name: 'gold' };
    await say(of, '2026-01-01T01:00:00Z', { job, outputs: [gold] });
    assert.equal(await statedOwnerOf(of, 'gold'), null);
    await say(of, '2026-01-01T02:00:00Z', { job: { ...job, facets: owners('team:jobs') }, outputs: [gold] });
    assert.equal(await statedOwnerOf(of, 'gold'), 'team:jobs');
    await say(of, '2026-01-01T04:00:00Z', { job, outputs: [{ ...gold, facets: owners('ada', 'grace') }] });
    assert.equal(await statedOwnerOf(of, 'gold'), 'ada', 'of the dataset, the first of two');
    await say(of, '2026-01-01T03:00:00Z', { job, outputs: [{ ...gold, facets: owners('earlier') }] });
    assert.equal(await statedOwnerOf(of, 'gold'), 'ada', 'what is told late is not the last');
    await say(of, '2026-01-01T05:00:00Z', { dataset: { ...gold, facets: owners('catalogue') } });
    assert.equal(await statedOwnerOf(of, 'gold'), 'catalogue', 'a static event');
    const gone = { ownership: { ...facet({}), _deleted: true } };
    await say(of, '2026-01-01T06:00:00Z', { dataset: { ...gold, facets: gone } });
    assert.equal(await statedOwnerOf(of, 'gold'), 'team:jobs', 'taken back');
    await say(of, '2026-01-01T07:00:00Z', {
      type: 'job',
      job: { ...job, facets: owners('team:static') },
      outputs: [gold],
    });
    assert.equal(await statedOwnerOf(of, 'gold'), 'team:static', 'a static event of the job');
  });

  test('own the incident and are told; a contract that names somebody comes before', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    const last = new Date(Date.UTC(2026, 0, 1 + DAYS, 12)).toISOString();
    for (const table of ['bronze', 'silver'])
      await say(of, last, {
        dataset: { namespace: NAMESPACE, name: table, facets: owners(`team:${table}`) },
      });
    await push(of, 'silver', 'contract@example.com', '');
    for (const [table, inputs] of [
      ['bronze', []],
      ['silver', ['bronze']],
    ] as const)
      await of.write(DAYS, table, 50, { inputs });
    await of.write(DAYS, 'gold', rowsOf(DAYS), { inputs: ['silver'], minute: 120 });
    await of.write(DAYS, 'other', rowsOf(DAYS), { minute: 125 });
    await of.settle();
    const [incident] = await of.database.rows<IncidentRow>(sql`select * from incident`);
    assert.equal(incident?.owner, 'team:bronze');
    assert.deepEqual(incident.owners.toSorted(), ['contract@example.com', 'team:bronze']);
    of.clock.now = new Date(of.clock.now.getTime() + 3_600_000);
    const source = incidentAlerts({ database: of.database, now: () => of.clock.now });
    const [event] = (await source.eventsSince(null, 10)).events;
    assert.equal(event?.root.owner, 'team:bronze');
    assert.deepEqual(
      event.impacted.map(({ name, owner }) => [name, owner]),
      [
        ['silver', 'contract@example.com'],
        ['gold', null],
      ],
    );
  });
});

test('who is asked about a check is whom the contract names for it', async (t) => {
  const of = await estate(t);
  await of.write(0, 'gold', 10);
  await push(
    of,
    'gold',
    'ada',
    'quality:\n  - { check: "row_count > 0", owner: grace }\n  - check: "null_count(id) = 0"\n',
  );
  const gold = (await datasetFacts(of.database, [idOf('gold')])).get(idOf('gold'));
  const [[check] = ['']] = [...(gold?.checkOwners ?? [])];
  assert.notEqual(check, '');
  assert.deepEqual(
    [ownerOf(gold, check), ownerOf(gold, 'any'), ownerOf(gold, null), ownerOf(undefined, check)],
    ['grace', 'ada', 'ada', null],
  );
});

describe('runbooks', () => {
  test('are the check’s, else the dataset’s, else those of assay.yaml that fit first', async (t) => {
    const of = await estate(t);
    await of.write(0, 'gold', 10);
    await of.write(0, 'other', 10);
    await push(
      of,
      'gold',
      'ada',
      [
        'runbook: https://wiki.example.com/gold',
        'quality:',
        '  - { check: "row_count > 0", runbook: ask the source }',
        '  - check: "null_count(id) = 0"',
      ].join('\n'),
    );
    const facts = await datasetFacts(of.database, [idOf('gold'), idOf('other')]);
    const gold = facts.get(idOf('gold')) ?? null;
    const [[check] = ['']] = [...(gold?.checkRunbooks ?? [])];
    const rules = [
      { dataset: ['g*'], kind: null, check: null, runbook: 'for gold' },
      { dataset: null, kind: ['freshness', 'run'], check: null, runbook: 'for what is late' },
      { dataset: [`${NAMESPACE}/other`], kind: null, check: ['row_*'], runbook: 'count again' },
    ];
    assert.equal(runbookOf({ kind: 'volume', subject: check }, gold, rules), 'ask the source');
    assert.equal(runbookOf({ kind: 'volume', subject: 'any' }, gold, rules), 'https://wiki.example.com/gold');
    const other = facts.get(idOf('other')) ?? null;
    assert.equal(runbookOf({ kind: 'run', subject: 'x' }, other, rules), 'for what is late');
    assert.equal(runbookOf({ kind: 'volume', subject: 'row_count' }, other, rules), 'count again');
    assert.equal(runbookOf({ kind: 'volume', subject: 'nulls' }, other, rules), null);
    assert.equal(runbookOf({ kind: 'volume', subject: 'nulls' }, null, rules), null);
  });

  test('stand in the incident and in its alert: an address as a link, words as words', async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50);
    await of.write(DAYS, 'other', rowsOf(DAYS), { minute: 125 });
    await of.settle();
    const rule = (runbook: string) => [{ dataset: ['bronze'], kind: ['volume'], check: null, runbook }];
    const [row] = await of.database.rows<IncidentRow>(sql`select * from incident where kind = 'volume'`);
    assert.ok(row);
    const detail = await showIncident(of.database, row, rule('count again'));
    assert.ok(detail.evidence.length > 0);
    assert.ok(detail.evidence.every((piece) => detail.runbookOf(piece) === 'count again'));
    of.clock.now = new Date(of.clock.now.getTime() + 3_600_000);
    const eventWith = async (runbook: string) => {
      const source = incidentAlerts({
        database: of.database,
        now: () => of.clock.now,
        runbooks: rule(runbook),
      });
      const [event] = (await source.eventsSince(null, 10)).events;
      assert.ok(event);
      return event;
    };
    const words = await eventWith('count again');
    assert.deepEqual(factsOf(words).at(-1), ['Runbook', 'count again']);
    const address = await eventWith('https://wiki.example.com/volume');
    assert.deepEqual(linksOf(address).at(-1), ['Runbook', 'https://wiki.example.com/volume']);
    assert.ok(factsOf(address).every(([label]) => label !== 'Runbook'));
    const endless = await eventWith(`https://wiki.example.com/${'x'.repeat(2000)}`);
    assert.ok(
      linksOf(endless).every(([words]) => words !== 'Runbook'),
      'no receiver takes it',
    );
  });
});
