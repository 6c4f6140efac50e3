import { inputStatisticsInputDatasetFacet, customFacet, runEvent, type RunEvent } from 'openlineage-client';
import { partitionKey, type PartitionValues } from '#model/partition.ts';
import { quoteText } from '../names.ts';
import { parsePartitionValue } from '../partition-value.ts';
import type { Row, Session } from '../session.ts';
import { clusterTime } from './cluster-time.ts';
import { runIdOf, type ClusterNames } from './load-events.ts';

/** One logical partition as the catalogue tells it; nothing was scanned for that. */
export interface PartitionFacts {
  readonly table: string;
  readonly name: string;
  readonly id: string;
  /** Exact: moves with every committed load. */
  readonly version: string;
  readonly versionTime: string | null;
  readonly temporary: boolean;
  /** Columns and values of the partition key; null when they have no canonical form. */
  readonly values: PartitionValues | null;
  /** A hint: up to ten minutes late, and told differently by each frontend. */
  readonly rows: number;
  readonly bytes: number | null;
}

const COLUMNS =
  'TABLE_NAME, PARTITION_NAME, PARTITION_ID, VISIBLE_VERSION, VISIBLE_VERSION_TIME, DATA_VERSION, PARTITION_KEY, PARTITION_VALUE, IS_TEMP, DATA_SIZE, ROW_COUNT';

/** All partitions of a database by one query. Rows of physical partitions are one logical partition. */
export async function readPartitionFacts(session: Session, database: string): Promise<PartitionFacts[]> {
  const rows = await session.query(
    `SELECT ${COLUMNS} FROM information_schema.partitions_meta WHERE DB_NAME = ${quoteText(database)}`,
  );
  const found = new Map<string, PartitionFacts>();
  for (const row of rows) {
    const facts = factsOf(row);
    const key = placeKey(facts);
    const before = found.get(key);
    found.set(key, before === undefined ? facts : joined(before, facts));
  }
  return [...found.values()];
}

/** `orders/p20260101` */
export function placeKey({ table, name }: Pick<PartitionFacts, 'table' | 'name'>): string {
  return `${table}/${name}`;
}

function factsOf(row: Row): PartitionFacts {
  // With shared data a compaction moves the visible version as well; the data's does not.
  const data = row['DATA_VERSION'] ?? '';
  return {
    table: row['TABLE_NAME'] ?? '',
    name: row['PARTITION_NAME'] ?? '',
    id: row['PARTITION_ID'] ?? '0',
    version: /^[1-9]\d*$/.test(data) ? data : (row['VISIBLE_VERSION'] ?? '0'),
    versionTime: row['VISIBLE_VERSION_TIME'] ?? null,
    temporary: /^(1|true)$/i.test(row['IS_TEMP'] ?? ''),
    values: partitionValuesOf(row['PARTITION_KEY'] ?? '', row['PARTITION_VALUE'] ?? ''),
    rows: Number(row['ROW_COUNT'] ?? 0) || 0,
    bytes: bytesOf(row['DATA_SIZE'] ?? null),
  };
}

function joined(a: PartitionFacts, b: PartitionFacts): PartitionFacts {
  const newer = BigInt(b.version) > BigInt(a.version) ? b : a;
  return {
    ...newer,
    id: BigInt(a.id) < BigInt(b.id) ? a.id : b.id,
    rows: a.rows + b.rows,
    bytes: a.bytes === null || b.bytes === null ? null : a.bytes + b.bytes,
  };
}

const UNITS: Readonly<Record<string, number>> = { B: 0, KB: 1, MB: 2, GB: 3, TB: 4, PB: 5 };

/** Bytes of `2.5KB`, `0B`, or `2560`: releases differ. Null when it is neither. */
export function bytesOf(text: string | null): number | null {
  const [, number, unit = 'B'] = /^\s*(\d+(?:\.\d+)?)\s*([KMGTP]?B)?\s*$/i.exec(text ?? '') ?? [];
  const power = UNITS[unit.toUpperCase()];
  return number === undefined || power === undefined ? null : Math.round(Number(number) * 1024 ** power);
}

/** The canonical key of what a partition holds: `dt=2026-01-01` of one day, `dt=2026-01` of a month. */
export function partitionValuesOf(keyText: string, valueText: string): PartitionValues | null {
  const columns = keyText
    .replaceAll('`', '')
    .split(',')
    .map((column) => column.trim());
  const value = parsePartitionValue(valueText);
  const [column = ''] = columns;
  if (value === null || column === '' || !columns.every((name) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)))
    return null;
  if (value.kind === 'list') {
    const [only, ...others] = value.items;
    if (only === undefined || others.length > 0 || only.length !== columns.length) return null;
    return columns.map((name, at) => [name, only[at] ?? '']);
  }
  const period = periodOf(value.lower[0] ?? '', value.upper[0] ?? '');
  return columns.length === 1 && value.lower.length === 1 && period !== null ? [[column, period]] : null;
}

function periodOf(lower: string, upper: string): string | null {
  if (/^-?\d{1,15}$/.test(lower)) return Number(upper) - Number(lower) === 1 ? lower : null;
  const at = (text: string): number =>
    Date.parse(`${text.length === 10 ? `${text} 00:00:00` : text.slice(0, 19)}Z`.replace(' ', 'T'));
  const [from, to] = [at(lower), at(upper)];
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  const hours = (to - from) / 3_600_000;
  const iso = new Date(from).toISOString();
  if (hours === 1) return iso.slice(0, 13);
  if (hours === 24) return iso.slice(0, 10);
  return hours >= 28 * 24 && hours <= 31 * 24 && iso.slice(8, 10) === '01' ? iso.slice(0, 7) : null;
}

/** By then the counts of a version have reached every frontend. */
const SETTLED_MS = 15 * 60_000;

const PRODUCER = 'pkg:npm/assay#adapters/starrocks';

/**
 * What the catalogue says of a partition as statistics of an input, which is the least trusted source there is: a
 * hint of volume and size, never evidence. Null while its counts may still be those of an earlier version.
 */
export function factsEvent(
  names: ClusterNames,
  database: string,
  facts: PartitionFacts,
  options: { readonly offsetMinutes: number; readonly now: number },
): RunEvent | null {
  const at = clusterTime(facts.versionTime, options.offsetMinutes);
  if (at === null || at > options.now - SETTLED_MS || facts.temporary || facts.version === '1') return null;
  const dataset = `${database}.${facts.table}`;
  const { values } = facts;
  const statistics = { rowCount: facts.rows, ...(facts.bytes !== null && { size: facts.bytes }) };
  return runEvent({
    eventType: 'COMPLETE',
    eventTime: new Date(at),
    producer: PRODUCER,
    run: { runId: runIdOf(names.cluster, 'partition', facts.id, facts.version) },
    job: { namespace: names.namespace, name: `${dataset}.partition_facts` },
    inputs: [
      {
        namespace: names.namespace,
        name: dataset,
        ...(values !== null && {
          facets: {
            assay_partition: customFacet(
              'urn:assay:facets:partition:1-0-0',
              { values: Object.fromEntries(values), key: partitionKey(values) },
              PRODUCER,
            ),
          },
        }),
        inputFacets: { inputStatistics: inputStatisticsInputDatasetFacet(statistics, PRODUCER) },
      },
    ],
  });
}
