import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ConfigError, parseConfig } from '#collector/config-file.ts';
import { loadConfig } from '#collector/config.ts';

const faults = (text: string, environment: Record<string, string> = {}): string => {
  try {
    parseConfig(text, 'assay.yaml', environment);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.message;
  }
  return '';
};

describe('configuration', () => {
  test('without a file and an environment: loopback, port 4100, embedded store and warehouse', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-config-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const config = loadConfig({}, folder);
    assert.deepEqual(
      [config.host, config.port, config.databaseUrl, config.dataDir],
      ['127.0.0.1', 4100, null, join(folder, '.assay')],
    );
    assert.deepEqual(config.warehouses, { warehouse: { kind: 'postgres', url: 'embedded:warehouse' } });
    assert.deepEqual(loadConfig({ DATABASE_URL: 'postgres://h/d' }, folder).warehouses, {});
  });

  test('the file, with values from the environment and defaults', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-config-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      join(folder, 'assay.yaml'),
      'warehouses:\n  gold: { kind: postgres, url: "postgres://me:${PASSWORD}@${HOST:-db}:5432/gold" }\nretention: { events_days: 7, statistics_days: 90 }\ncontracts: { folder: ./contracts }\n',
    );
    const config = loadConfig({ PASSWORD: 'x' }, folder);
    assert.deepEqual(config.warehouses, { gold: { kind: 'postgres', url: 'postgres://me:x@db:5432/gold' } });
    assert.deepEqual([config.retentionDays, config.statisticsDays], [7, 90]);
    assert.deepEqual(config.objectiveTargets, { 1: 0.95, 2: 0.95, 3: 0.95 });
    assert.deepEqual([config.records, config.alertsDays], [{ incidents: 400, evaluations: 400 }, 90]);
    assert.equal(config.contractsFolder, join(folder, 'contracts'));
  });

  test('an empty variable counts as unset', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-config-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const empty = { ASSAY_CONFIG: '', ASSAY_PORT: '', ASSAY_HOST: '', ASSAY_DATA_DIR: '', DATABASE_URL: '' };
    assert.deepEqual(loadConfig(empty, folder), loadConfig({}, folder));
    writeFileSync(join(folder, 'assay.yaml'), 'retention: { events_days: 7 }\n');
    assert.equal(loadConfig(empty, folder).retentionDays, 7, 'assay.yaml is read where it lies');
    assert.throws(() => loadConfig({ ASSAY_CONFIG: 'absent.yaml' }, folder), ConfigError);
  });

  const cases: [string, string, RegExp][] = [
    ['a duplicate key', 'log: {}\nlog: {}\n', /^assay\.yaml:2:1: Map keys must be unique/],
    ['an unknown key', 'logs: {}\n', /^assay\.yaml:1:1: \/logs is no setting of Assay/],
    ['a wrong type', 'log:\n  level: loud\n', /^assay\.yaml:2:10: \/log\/level must be one of debug, info/],
    [
      'a missing variable',
      'warehouses:\n  w: { kind: postgres, url: "${NOPE}" }\n',
      /^assay\.yaml:2:29: the environment has no NOPE/,
    ],
    ['broken YAML', 'log: {\n', /^assay\.yaml:\d+:\d+: /],
    [
      'an unknown kind of warehouse',
      'warehouses:\n  w: { kind: oracle, url: x }\n',
      /^assay\.yaml:2:14: \/warehouses\/w\/kind /,
    ],
  ];
  for (const [name, text, expected] of cases)
    test(`${name} is named by its place`, () => assert.match(faults(text), expected));

  test('an empty file and a file of comments are fine', () => {
    assert.deepEqual(parseConfig('', 'assay.yaml', {}), {});
    assert.deepEqual(parseConfig('# nothing\n', 'assay.yaml', {}), {});
  });
});
