import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { foldEvidence } from '#collector/incidents/fold-evidence.ts';
import type { EvidenceKind } from '#model/evidence.ts';
import { derivedId } from '#model/ids.ts';
import { putEvidence, type EvidenceRow } from '#store/evidence.ts';
import { sql } from '#store/sql.ts';
import type { TestDatabase } from '#test/support/database.ts';
import { estate, idOf } from './estate.ts';

const START = Date.UTC(2026, 0, 10, 1);
const MINUTE = 60_000;
const TABLES = ['bronze', 'silver', 'gold', 'mart', 'other'] as const;

/** Evidence of two days on a chain of tables and one beside it. */
const PIECE = fc.record({
  table: fc.constantFrom(...TABLES),
  // Often the same: metrics of one partition are found odd together.
  minute: fc.integer({ min: 0, max: 2 * 24 * 6 }).map((tens) => tens * 10),
  kind: fc.constantFrom<EvidenceKind>('volume', 'completeness', 'run', 'freshness', 'schema'),
  severity: fc.constantFrom('notice', 'warning', 'critical'),
  metric: fc.constantFrom('a', 'b'),
});

type Piece = typeof PIECE extends fc.Arbitrary<infer T> ? T : never;

function rowOf({ table, minute, kind, severity, metric }: Piece): EvidenceRow {
  const at = new Date(START + minute * MINUTE);
  return {
    id: derivedId('piece', table, String(minute), kind, metric),
    source: 'verdict',
    dataset_id: idOf(table),
    partition: '',
    kind,
    severity,
    at,
    made_at: kind === 'run' ? null : at,
    direction: null,
    summary: `${table} ${kind}`,
    subject: metric,
    own_fault: null,
    value: null,
    expected: null,
    hint: null,
    hard: true,
    detector: 'test',
    run_id: null,
    evaluation_id: null,
  };
}

/** Incidents as they stand, with their evidence and why it lies there; not when somebody looked. */
async function standing(database: TestDatabase): Promise<unknown[]> {
  return database.rows(sql`
    select i.id, i.fingerprint, i.state, i.root_id, i.root_how, i.kind, i.severity, i.head_id, i.opened_at, i.last_at, i.evidence,
           i.standing, i.datasets,
           (select jsonb_agg(jsonb_build_array(e.id, e.group_key, e.because) order by e.id) from evidence e where e.incident_id = i.id) as pieces
      from incident i where i.state <> 'merged' order by i.id`);
}

test('evidence in any order, told any number of times, in any number of passes, ends in the same incidents', async (t) => {
  const of = await estate(t);
  const { database } = of;
  await of.write(0, 'bronze', 1000);
  await of.write(0, 'silver', 1000, { inputs: ['bronze'] });
  await of.write(0, 'gold', 1000, { inputs: ['silver'] });
  await of.write(0, 'mart', 1000, { inputs: ['gold', 'bronze'] });
  await of.write(0, 'other', 1000);
  const now = new Date('2026-01-20T00:00:00Z');
  const fold = async (batches: readonly (readonly Piece[])[]): Promise<unknown[]> => {
    await database.execute(sql`truncate evidence, incident, incident_event`);
    for (const batch of batches) {
      const rows = new Map(batch.map(rowOf).map((row) => [row.id, row]));
      if (rows.size > 0) await database.execute(putEvidence([...rows.values()], now));
      await foldEvidence(database, now);
    }
    return standing(database);
  };
  await fc.assert(
    fc.asyncProperty(
      fc
        .uniqueArray(PIECE, {
          minLength: 1,
          maxLength: 14,
          selector: ({ table, minute, kind, metric }) => `${table} ${minute} ${kind} ${metric}`,
        })
        .chain((pieces) =>
          fc.record({
            pieces: fc.constant(pieces),
            shuffled: fc.shuffledSubarray([...pieces, ...pieces], {
              minLength: pieces.length * 2,
              maxLength: pieces.length * 2,
            }),
            cut: fc.integer({ min: 1, max: 5 }),
          }),
        ),
      async ({ pieces, shuffled, cut }) => {
        const once = await fold([pieces]);
        const batches: Piece[][] = [];
        for (let from = 0; from < shuffled.length; from += cut)
          batches.push(shuffled.slice(from, from + cut));
        const [orphans] = await database.rows<{ count: number }>(
          sql`select count(*)::integer as count from evidence where incident_id is null`,
        );
        assert.equal(orphans?.count, 0);
        assert.deepEqual(await fold(batches), once);
        const [lost] = await database.rows<{ count: number }>(sql`
          select count(*)::integer as count from incident i
           where i.state = 'merged' and not exists (
             select from incident s where s.id = i.merged_into and s.state <> 'merged')`);
        assert.equal(lost?.count, 0, 'what was merged points to one that stands');
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});
