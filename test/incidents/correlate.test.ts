import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Health, LineageView } from '#collector/incidents/causality.ts';
import { correlate } from '#collector/incidents/correlate.ts';
import type { Evidence, EvidenceKind } from '#model/evidence.ts';
import type { IncidentGroup } from '#model/incident.ts';

const MORNING = Date.parse('2026-01-05T06:00:00Z');
const minutes = (count: number): Date => new Date(MORNING + count * 60_000);

/** A graph from `child: [parents]`, and who was found good or is not looked at. */
function viewOf(
  inputs: Readonly<Record<string, readonly string[]>>,
  health: Readonly<Record<string, Health>> = {},
): LineageView {
  const outputs = (id: string): string[] =>
    Object.keys(inputs).filter((child) => inputs[child]?.includes(id));
  return {
    inputsOf: (id) => inputs[id] ?? [],
    outputsOf: (id) => outputs(id),
    healthOf: (id) => health[id] ?? 'pending',
    passedSince: (id) => health[id] === 'passed',
  };
}

function evidence(dataset: string, at: number, more: Partial<Evidence> = {}): Evidence {
  return {
    id: `${dataset}@${at}`,
    datasetId: dataset,
    partition: 'dt=2026-01-04',
    kind: 'volume',
    severity: 'critical',
    at: minutes(at),
    madeAt: minutes(at - 5),
    direction: 'down',
    summary: `${dataset} is short of rows`,
    subject: 'row_count',
    ownFault: null,
    ...more,
  };
}

const roots = (groups: readonly IncidentGroup[]): string[] =>
  groups.map(
    ({ root, attachments }) =>
      `${root.how} ${root.datasetId}: ${attachments.map(({ evidence: { datasetId } }) => datasetId).join(' ')}`,
  );

const MEDALLION = { silver: ['bronze'], gold: ['silver'], mart: ['gold'], other: [] };

test('one bad source and all that is made of it are one incident, rooted at the source', () => {
  const groups = correlate(
    [evidence('bronze', 0), evidence('silver', 30), evidence('gold', 60), evidence('other', 61)],
    viewOf(MEDALLION),
  );
  assert.deepEqual(roots(groups), ['observed bronze: bronze silver gold', 'observed other: other']);
});

test('the root moves up when the cause is seen after its consequence', () => {
  const groups = correlate(
    [evidence('gold', 10), evidence('mart', 12), evidence('bronze', 40, { madeAt: minutes(-60) })],
    viewOf(MEDALLION),
  );
  assert.deepEqual(roots(groups), ['observed bronze: gold mart bronze']);
});

test('two incidents become one when their common source is seen to be bad, and say when', () => {
  const view = viewOf({ a: ['source'], b: ['source'] }, { source: 'passed' });
  const groups = correlate(
    [evidence('a', 0), evidence('b', 130), evidence('source', 145, { madeAt: minutes(-60) })],
    view,
  );
  assert.deepEqual(roots(groups), ['observed source: a b source']);
  assert.deepEqual(groups[0]?.merged, [{ key: 'b@130', openedAt: minutes(130), mergedAt: minutes(145) }]);
});

test('siblings of an input that nobody watches are one incident, with that input suspected', () => {
  const view = viewOf({ a: ['landing'], b: ['landing'] }, { landing: 'unwatched' });
  assert.deepEqual(roots(correlate([evidence('a', 0), evidence('b', 20)], view)), ['suspected landing: a b']);
});

test('siblings are two incidents when the other outputs of their input are fine', () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`fine${n}`, ['landing']]));
  const passed = Object.fromEntries(Object.keys(many).map((id) => [id, 'passed' as const]));
  const view = viewOf({ a: ['landing'], b: ['landing'], ...many }, { landing: 'unwatched', ...passed });
  assert.equal(correlate([evidence('a', 0), evidence('b', 20)], view).length, 2);
});

test('a table below that was made before the bad data above it fails for a reason of its own', () => {
  const groups = correlate(
    [evidence('bronze', 0), evidence('silver', 30, { madeAt: minutes(-30) })],
    viewOf(MEDALLION),
  );
  assert.equal(groups.length, 2);
});

test('a run that died of something of its own is its own incident', () => {
  const own = evidence('silver', 30, { kind: 'run', direction: null, ownFault: 'OutOfMemoryError' });
  assert.equal(
    correlate([evidence('bronze', 0, { kind: 'run', direction: null }), own], viewOf(MEDALLION)).length,
    2,
  );
});

test('more nulls above do not explain that the table below is late', () => {
  const nulls = evidence('bronze', 0, { kind: 'completeness', direction: 'up' });
  const late = evidence('silver', 30, { kind: 'freshness', direction: null });
  assert.equal(correlate([nulls, late], viewOf(MEDALLION)).length, 2);
});

test('two passes in between make a fault of its own likelier than an inherited one', () => {
  const chain = { b: ['a'], c: ['b'], d: ['c'], e: ['d'] };
  const view = viewOf(chain, { b: 'passed', c: 'passed', d: 'passed' });
  assert.equal(correlate([evidence('a', 0), evidence('e', 90)], view).length, 2);
});

test('what is seen after the window is another incident', () => {
  const seen = (minute: number) =>
    correlate([evidence('bronze', 0), evidence('bronze', minute)], viewOf(MEDALLION));
  assert.deepEqual([seen(3 * 60).length, seen(3 * 60 + 1).length], [1, 2]);
});

test('what is made long after the bad data above it fails for a reason of its own, unless its run says that it read that', () => {
  const view = viewOf(MEDALLION);
  const bronze = evidence('bronze', 0);
  const later = (reads?: Evidence['reads']) => evidence('silver', 120, reads && { reads });
  assert.equal(correlate([bronze, evidence('silver', 80)], view).length, 1, 'soon after');
  assert.equal(correlate([bronze, later()], view).length, 2, 'two hours after');
  assert.equal(correlate([bronze, later({ bronze: ['dt=2026-01-04'] })], view).length, 1, 'it read it');
  assert.equal(
    correlate([bronze, later({ bronze: ['dt=2026-01-04/region=eu'] })], view).length,
    1,
    'a part of it',
  );
});

test('a run that read another partition than the bad one does not fail because of it', () => {
  const view = viewOf(MEDALLION);
  const bronze = evidence('bronze', 0);
  const silver = (reads: Evidence['reads']) => evidence('silver', 30, reads && { reads });
  assert.equal(correlate([bronze, silver({ bronze: ['dt=2026-01-02', 'dt=2026-01-03'] })], view).length, 2);
  assert.equal(correlate([bronze, silver({ bronze: ['dt=2026-01-03', 'dt=2026-01-04'] })], view).length, 1);
  assert.equal(correlate([bronze, silver({ other: ['dt=2026-01-01'] })], view).length, 1, 'nobody says');
  assert.equal(correlate([bronze, silver({ bronze: ['load=17'] })], view).length, 1, 'keys of other columns');
});

const DATASETS = ['bronze', 'raw', 'silver', 'clean', 'gold', 'mart', 'report'] as const;
const GRAPH = {
  silver: ['bronze', 'raw'],
  clean: ['raw'],
  gold: ['silver', 'clean'],
  mart: ['gold'],
  report: ['gold', 'clean'],
};
const KINDS: readonly EvidenceKind[] = ['volume', 'completeness', 'freshness', 'schema', 'run'];

const anyEvidence = fc
  .record({
    dataset: fc.constantFrom(...DATASETS),
    at: fc.integer({ min: 0, max: 900 }),
    made: fc.integer({ min: 0, max: 120 }),
    kind: fc.constantFrom(...KINDS),
    direction: fc.constantFrom('up' as const, 'down' as const, null),
    number: fc.integer({ min: 0, max: 3 }),
    ownFault: fc.constantFrom(null, null, null, 'OutOfMemoryError'),
    read: fc.constantFrom(null, null, 'dt=2026-01-04', 'dt=2026-01-03'),
  })
  .map(({ dataset, at, made, kind, direction, number, ownFault, read }) =>
    evidence(dataset, at, {
      ...(read !== null && {
        reads: Object.fromEntries(DATASETS.map((input) => [input, [read]])),
      }),
      id: `${dataset}-${at}-${kind}-${number}`,
      madeAt: minutes(at - made),
      kind,
      direction,
      ownFault,
    }),
  );

test('every order of the same evidence, told any number of times, ends in the same incidents', () => {
  const view = viewOf(GRAPH, { raw: 'unwatched', clean: 'passed' });
  fc.assert(
    fc.property(
      fc
        .uniqueArray(anyEvidence, { selector: ({ id }) => id, maxLength: 30 })
        .chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
        ),
      ([all, shuffled]) => {
        assert.deepEqual(correlate(shuffled, view), correlate(all, view));
      },
    ),
    { numRuns: 500 },
  );
});

test('every piece of evidence lies in exactly one incident', () => {
  const view = viewOf(GRAPH, { raw: 'unwatched', clean: 'passed' });
  fc.assert(
    fc.property(fc.uniqueArray(anyEvidence, { selector: ({ id }) => id, maxLength: 40 }), (all) => {
      const homes = correlate(all, view).flatMap(({ attachments }) =>
        attachments.map((one) => one.evidence.id),
      );
      assert.deepEqual(homes.toSorted(), all.map(({ id }) => id).toSorted());
    }),
    { numRuns: 500 },
  );
});
