import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError, parseConfig } from '#collector/config-file.ts';
import { loadConfig } from '#collector/config.ts';

const faults = (text: string): string => {
  try {
    parseConfig(text, 'assay.yaml', {});
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.message;
  }
  return '';
};

test('runbooks, targets and retention are read as they are written', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'assay.yaml'),
    [
      'runbooks:',
      '  - { dataset: ["gold.*", silver], kind: freshness, runbook: "https://wiki.example.com/late" }',
      '  - { runbook: ask the owner }',
      'objectives: { target: 90, tiers: { 1: 99.5 } }',
      'retention: { incidents_days: 60, evaluations_days: 90, alerts_days: 14 }',
    ].join('\n'),
  );
  const config = loadConfig({}, folder);
  assert.deepEqual(config.runbooks, [
    {
      dataset: ['gold.*', 'silver'],
      kind: ['freshness'],
      check: null,
      runbook: 'https://wiki.example.com/late',
    },
    { dataset: null, kind: null, check: null, runbook: 'ask the owner' },
  ]);
  assert.deepEqual(config.objectiveTargets, { 1: 0.995, 2: 0.9, 3: 0.9 });
  assert.deepEqual([config.records, config.alertsDays], [{ incidents: 60, evaluations: 90 }, 14]);
});

test('what cannot be meant is refused with its place', () => {
  assert.match(
    faults('runbooks:\n  - { kind: late, runbook: x }'),
    /^assay\.yaml:2:\d+: \/runbooks\/0\/kind names late; the kinds are run, freshness, /,
  );
  assert.match(faults('runbooks:\n  - { dataset: a }'), /^assay\.yaml:2:\d+: \/runbooks\/0 .*runbook/);
  assert.match(faults('objectives: { target: 100 }'), /^assay\.yaml:1:\d+: \/objectives\/target /);
  assert.match(faults('objectives: { tiers: { 4: 90 } }'), /\/objectives\/tiers\/4 is no setting/);
  assert.match(faults('retention: { incidents_days: 1 }'), /\/retention\/incidents_days /);
  assert.equal(faults('runbooks:\n  - { kind: "fresh*", runbook: x }'), '');
});
