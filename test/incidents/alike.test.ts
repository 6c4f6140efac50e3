import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { foldAlike } from '#collector/incidents/alike.ts';
import { correlate } from '#collector/incidents/correlate.ts';
import type { LineageView } from '#collector/incidents/causality.ts';
import type { Evidence } from '#model/evidence.ts';
import type { IncidentGroup } from '#model/incident.ts';

const INPUTS: Readonly<Record<string, readonly string[]>> = {
  b: ['a'],
  c: ['b'],
  d: ['a', 'e'],
  e: [],
  a: [],
};
const view: LineageView = {
  inputsOf: (id) => INPUTS[id] ?? [],
  outputsOf: (id) => Object.keys(INPUTS).filter((child) => INPUTS[child]?.includes(id)),
  healthOf: () => 'pending',
  passedSince: () => false,
};

const PIECE = fc
  .record({
    dataset: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    hour: fc.integer({ min: 0, max: 12 }),
    subject: fc.integer({ min: 0, max: 5 }),
    kind: fc.constantFrom('volume' as const, 'completeness' as const, 'run' as const),
    fault: fc.constantFrom(null, null, null, 'OutOfMemory'),
  })
  .map(({ dataset, hour, subject, kind, fault }): Evidence => {
    const at = new Date(Date.UTC(2026, 0, 5, hour));
    return {
      id: `${dataset} ${hour} ${kind} ${fault} ${subject}`,
      datasetId: dataset,
      partition: '',
      kind,
      severity: 'warning',
      at,
      madeAt: kind === 'run' ? null : at,
      direction: null,
      summary: '',
      subject: String(subject),
      ownFault: fault,
    };
  });

const shown = (groups: readonly IncidentGroup[]): unknown[] =>
  groups.map(({ key, root, attachments, openedAt, lastAt }) => ({
    key,
    root,
    openedAt,
    lastAt,
    evidence: attachments.map(({ evidence }) => evidence.id).toSorted(),
  }));

test('folding one of those that are alike gives the incidents that folding all gives', () => {
  fc.assert(
    fc.property(fc.uniqueArray(PIECE, { maxLength: 40, selector: ({ id }) => id }), (pieces) => {
      const alike = foldAlike(pieces);
      const groups = correlate(alike.first, view).map((group) => ({ ...group, ...alike.withOthers(group) }));
      assert.deepEqual(shown(groups), shown(correlate(pieces, view)));
    }),
    { numRuns: 500, seed: 3 },
  );
});
