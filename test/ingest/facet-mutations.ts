import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SHARED } from '#test/support/shared-data.ts';

const SPEC = join(SHARED, 'openlineage/spec');

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** The fragments of spec/tests: every place in which we know a facet of that key. */
export function fragments(): { file: string; name: string; facet: Json }[] {
  return (readdirSync(join(SPEC, 'tests'), { recursive: true }) as string[])
    .filter((file) => dirname(file) !== '.' && file.endsWith('.json'))
    .flatMap((file) =>
      Object.entries(JSON.parse(readFileSync(join(SPEC, 'tests', file), 'utf8')) as Record<string, Json>).map(
        ([name, facet]) => ({ file, name, facet }),
      ),
    );
}

const producer = { _producer: 'https://example.com/p', _schemaURL: 'https://example.com/s.json' };
/** Whole facets of keys that no fragment shows, so that their members are mutated too. */
export const MORE: Readonly<Record<string, Json>> = {
  'run executionParameters': {
    ...producer,
    parameters: [{ key: 'k', name: 'n', description: 'd', value: 'v' }],
  },
  'run jobDependencies': {
    ...producer,
    upstream: [
      {
        job: { namespace: 'n', name: 'j' },
        run: { runId: 'f99310b4-3c3c-1a1a-2b2b-c1b95c24ff11' },
        dependency_type: 'DIRECT_INVOCATION',
        sequence_trigger_rule: 'x',
        status_trigger_rule: 'y',
      },
    ],
    downstream: [{ job: { namespace: 'n', name: 'k' } }],
    trigger_rule: 'all_success',
  },
  'run test': {
    ...producer,
    tests: [
      {
        name: 't',
        status: 'fail',
        severity: 'error',
        type: 'x',
        expected: '0',
        actual: '1',
        params: { a: 1 },
      },
    ],
  },
  'run gcp_dataproc': { ...producer, appId: 'a', appName: 'b', projectId: 'p', jobId: 'j' },
  'run gcp_composer_run': { ...producer, dagRunId: 'd' },
  'job gcp_composer_job': {
    ...producer,
    environmentName: 'e',
    dagId: 'd',
    airflowVersion: '2',
    composerVersion: '3',
  },
  'job gcp_lineage': { ...producer, displayName: 'd', origin: { sourceType: 'COMPOSER', name: 'n' } },
  'dataset catalog': {
    ...producer,
    framework: 'iceberg',
    type: 'hive',
    name: 'c',
    metadataUri: 'hive://h',
    warehouseUri: 'w',
    source: 'spark',
    catalogProperties: { a: 'b' },
  },
  'input inputStatistics': { ...producer, rowCount: 1, size: 2, fileCount: 3 },
  'input icebergScanReport': {
    ...producer,
    snapshotId: 1,
    filterDescription: 'true',
    schemaId: 0,
    projectedFieldNames: ['a'],
    scanMetrics: { resultDataFiles: 1, totalFileSizeInBytes: 10 },
    metadata: { k: 'v' },
  },
  'output icebergCommitReport': {
    ...producer,
    snapshotId: 1,
    sequenceNumber: 2,
    operation: 'append',
    commitMetrics: { addedRecords: 3, attempts: 1 },
    metadata: {},
  },
  'output subset': {
    ...producer,
    outputCondition: {
      type: 'binary',
      operator: 'AND',
      left: { type: 'partition', partitions: [{ identifier: 'i', dimensions: { d: 1 } }] },
      right: { type: 'location', locations: ['s3://b/l'] },
    },
  },
};

const OTHER: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  '',
  'x',
  [],
  {},
  ['x'],
  { name: 'x' },
  'DATASET',
  'JOB',
  '2026-01-01',
  'a\u0000b',
  '\ud800',
  2 ** 70,
];

/** A copy with one change somewhere: a member gone, added, renamed or of another value. */
export function mutate(document: Json, path: readonly number[], change: number): Json {
  if (typeof document !== 'object' || document === null || path.length === 0) return swap(document, change);
  const [step = 0, ...rest] = path;
  if (Array.isArray(document)) {
    const at = document.length === 0 ? 0 : step % document.length;
    return document.map((item, index) => (index === at ? mutate(item, rest, change) : item));
  }
  const keys = Object.keys(document);
  const key = keys[keys.length === 0 ? 0 : step % keys.length];
  if (key === undefined) return swap(document, change);
  const copy = { ...document };
  if (rest.length === 0 && change % 4 === 0) {
    delete copy[key];
    return copy;
  }
  if (rest.length === 0 && change % 4 === 1) return { ...copy, [`${key}\n2`]: copy[key] ?? null };
  copy[key] = mutate(document[key] ?? null, rest, change);
  return copy;
}

function swap(document: Json, change: number): Json {
  const other = OTHER[change % OTHER.length] ?? null;
  return Array.isArray(document) && change % 3 === 0 ? [...document, other] : other;
}
