import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownFirst } from '#collector/incidents/reconcile.ts';
import type { Evidence } from '#model/evidence.ts';
import { derivedId } from '#model/ids.ts';
import { idOf } from './estate.ts';

const ROOT = idOf('bronze');

function piece(subject: string, more: Partial<Evidence>): Evidence {
  const at = more.at ?? new Date('2026-01-10T01:00:00Z');
  const partition = more.partition ?? 'day=2026-01-09';
  return {
    id: derivedId('piece', subject, partition),
    datasetId: ROOT,
    partition,
    kind: 'distribution',
    severity: 'critical',
    at,
    madeAt: at,
    direction: 'down',
    summary: subject,
    subject,
    ownFault: null,
    ...more,
  };
}

const later = new Date('2026-01-10T01:00:07Z');
const mean = piece('avg(delay)', { at: later });
const rows = piece('row_count', { kind: 'volume' });
const before = piece('row_count', {
  kind: 'volume',
  partition: 'day=2026-01-08',
  at: new Date('2026-01-09T01:00:00Z'),
});

test('of one partition the rows are shown before a mean, whichever was seen first', () => {
  assert.equal(
    shownFirst([before, mean, rows], ROOT, () => true),
    rows,
  );
  assert.equal(
    shownFirst([rows, mean, before], ROOT, () => true),
    rows,
  );
});

test('a worse finding, a later partition and what still stands come before that', () => {
  const notice = { ...rows, severity: 'notice' as const };
  assert.equal(
    shownFirst([notice, mean], ROOT, () => true),
    mean,
  );
  assert.equal(
    shownFirst([before, mean], ROOT, () => true),
    mean,
  );
  assert.equal(
    shownFirst([rows, mean], ROOT, (one) => one !== rows),
    mean,
  );
});

test('what is at the root comes before what is worse elsewhere', () => {
  const elsewhere = piece('row_count', { kind: 'volume', datasetId: idOf('gold'), at: later });
  const warning = { ...mean, severity: 'warning' as const };
  assert.equal(
    shownFirst([elsewhere, warning], ROOT, () => true),
    warning,
  );
});
