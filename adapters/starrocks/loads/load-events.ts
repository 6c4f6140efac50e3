import { createHash } from 'node:crypto';
import {
  customFacet,
  errorMessageRunFacet,
  outputStatisticsOutputDatasetFacet,
  parentRunFacet,
  runEvent,
  type RunEvent,
} from 'openlineage-client';
import { clusterTime } from './cluster-time.ts';
import type { LoadRow } from './load-row.ts';

/** How events name a cluster. */
export interface ClusterNames {
  /** Names it for good: run ids are made from it. */
  readonly cluster: string;
  /** `starrocks://fe-1:9030` */
  readonly namespace: string;
}

export const PRODUCER = 'pkg:npm/assay#adapters/starrocks';
const FACET_SCHEMA = 'urn:assay:facets:starrocks-load:1-0-0';

/** The namespace of names that are URLs (RFC 9562). */
const URLS = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

/** UUIDv5 of a cluster and what is unique in it: the same load has the same run id, however often it is told. */
export function runIdOf(cluster: string, ...parts: readonly string[]): string {
  const name = `starrocks://${cluster}/${parts.join('/')}`;
  const digest = createHash('sha1')
    .update(Buffer.from(URLS.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex').slice(0, 32);
  return [8, 12, 16, 20].reduce((text, at, n) => `${text.slice(0, at + n)}-${text.slice(at + n)}`, hex);
}

/** What the job of a load is called: it recurs, its labels do not. */
export function jobNameOf({ database, table, type, job, label }: LoadRow): string {
  const kind = label.startsWith('assay_') ? 'assay_gate' : type;
  const place = table === null ? database : `${database}.${table}`;
  return job === null ? `${place}.${kind}` : `${place}.${kind}.${job}`;
}

/** A load as it stands: its beginning alone, its end alone, or both when it was never seen before. */
export function eventsOfLoad(
  names: ClusterNames,
  load: LoadRow,
  options: {
    readonly begun: boolean;
    readonly offsetMinutes: number;
    readonly now: number;
    /** Where its data came from. */
    readonly source?: LoadSource | null;
    /** The task that began it. */
    readonly parent?: { readonly runId: string; readonly job: string } | null;
  },
): RunEvent[] {
  const around = { source: options.source ?? null, parent: options.parent ?? null };
  const created = clusterTime(load.created, options.offsetMinutes) ?? options.now;
  const events = options.begun ? [] : [startOf(names, load, created, around)];
  if (load.state === 'open') return events;
  const ended = Math.max(created, clusterTime(load.finished, options.offsetMinutes) ?? created);
  return [...events, endOf(names, load, ended, around)];
}

/** A topic that a load reads. */
export interface LoadSource {
  readonly namespace: string;
  readonly name: string;
  /** How far it has been read, and how far it reaches, by partition; as the frontend writes it. */
  readonly progress: string | null;
  readonly latest: string | null;
}

interface Around {
  readonly source: LoadSource | null;
  readonly parent: { readonly runId: string; readonly job: string } | null;
}

function aroundOf(names: ClusterNames, { parent }: Around) {
  if (parent === null) return {};
  const { namespace } = names;
  return {
    parent: parentRunFacet({ run: { runId: parent.runId }, job: { namespace, name: parent.job } }, PRODUCER),
  };
}

function inputs({ source }: Around): Pick<RunEvent, 'inputs'> {
  if (source === null) return {};
  const { namespace, name, progress, latest } = source;
  const known = { ...(progress !== null && { progress }), ...(latest !== null && { latest }) };
  const facets = {
    assay_stream_position: customFacet('urn:assay:facets:stream-position:1-0-0', known, PRODUCER),
  };
  return { inputs: [{ namespace, name, ...(Object.keys(known).length > 0 && { facets }) }] };
}

function startOf(names: ClusterNames, load: LoadRow, at: number, around: Around): RunEvent {
  return runEvent({
    eventType: 'START',
    eventTime: new Date(at),
    producer: PRODUCER,
    run: {
      runId: runIdOf(names.cluster, load.id),
      facets: { assay_starrocks_load: facetOf(identityOf(load)), ...aroundOf(names, around) },
    },
    job: { namespace: names.namespace, name: jobNameOf(load) },
    ...inputs(around),
    ...outputs(names, load, null),
  });
}

function endOf(names: ClusterNames, load: LoadRow, at: number, around: Around): RunEvent {
  const { rows } = load;
  const failed = load.state === 'cancelled';
  const byUser = failed && /USER_CANCEL|user cancel/i.test(load.error ?? '');
  return runEvent({
    eventType: failed ? (byUser ? 'ABORT' : 'FAIL') : 'COMPLETE',
    eventTime: new Date(at),
    producer: PRODUCER,
    run: {
      runId: runIdOf(names.cluster, load.id),
      facets: {
        assay_starrocks_load: facetOf({
          ...identityOf(load),
          filteredRows: rows.filtered,
          unselectedRows: rows.unselected,
          scannedRows: rows.scanned,
          scannedBytes: load.scanBytes,
          files: load.files,
          trackingSql: load.trackingSql,
        }),
        ...aroundOf(names, around),
        ...(load.error !== null && {
          errorMessage: errorMessageRunFacet({ message: load.error, programmingLanguage: 'SQL' }, PRODUCER),
        }),
      },
    },
    job: { namespace: names.namespace, name: jobNameOf(load) },
    ...inputs(around),
    ...outputs(names, load, failed ? null : rows.written),
  });
}

/** A load whose end nobody can tell any more, or of whose end no more is known than that it came. */
export function endWithoutRow(
  names: ClusterNames,
  load: {
    readonly id: string;
    readonly job: string;
    readonly database: string;
    readonly table: string | null;
  },
  end: { readonly type: 'COMPLETE' | 'FAIL' | 'ABORT'; readonly reason: string; readonly at: number },
): RunEvent {
  return runEvent({
    eventType: end.type,
    eventTime: new Date(end.at),
    producer: PRODUCER,
    run: {
      runId: runIdOf(names.cluster, load.id),
      facets: { assay_starrocks_load: facetOf({ loadId: load.id, reason: end.reason }) },
    },
    job: { namespace: names.namespace, name: load.job },
    ...outputs(names, load, null),
  });
}

/** What the watcher found of a table. */
export interface TableFinding {
  readonly kind: 'unattributed_change' | 'missed_tasks';
  readonly database: string;
  readonly table: string;
  /** Tells one finding from the next. */
  readonly signature: string;
  readonly message: string;
}

/**
 * A finding of the watcher: a table that changed though no load of it was seen (a DELETE, an UPDATE, a swap, or a load
 * that was purged), or tasks that were never listed. A run of a job that is called after it, so that it goes the way of all
 * events.
 */
export function findingEvent(names: ClusterNames, finding: TableFinding, at: number): RunEvent {
  const { kind, database, table, signature, message } = finding;
  const word = kind === 'unattributed_change' ? 'unattributed' : kind;
  return runEvent({
    eventType: 'COMPLETE',
    eventTime: new Date(at),
    producer: PRODUCER,
    run: {
      runId: runIdOf(names.cluster, word, database, table, signature),
      facets: {
        assay_starrocks_load: facetOf({ reason: kind.replace('_', ' ') }),
        errorMessage: errorMessageRunFacet({ message, programmingLanguage: 'SQL' }, PRODUCER),
      },
    },
    job: { namespace: names.namespace, name: `${database}.${table}.${kind}` },
    ...outputs(names, finding, null),
  });
}

function identityOf(load: LoadRow) {
  const { id: loadId, label, type, user, transaction } = load;
  return { loadId, label, type, user, transactionId: transaction };
}

/** What is not known is left out. */
function facetOf(fields: Readonly<Record<string, string | number | null>>) {
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  return customFacet(FACET_SCHEMA, known, PRODUCER);
}

function outputs(
  { namespace }: ClusterNames,
  { database, table }: { readonly database: string; readonly table: string | null },
  rowCount: number | null,
): Pick<RunEvent, 'outputs'> {
  if (table === null) return {};
  const statistics =
    rowCount === null
      ? {}
      : { outputFacets: { outputStatistics: outputStatisticsOutputDatasetFacet({ rowCount }, PRODUCER) } };
  return { outputs: [{ namespace, name: `${database}.${table}`, ...statistics }] };
}
