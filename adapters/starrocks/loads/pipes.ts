import { customFacet, inputStatisticsInputDatasetFacet, runEvent, type RunEvent } from 'openlineage-client';
import { parseTableName, quoteText, showTable } from '../names.ts';
import { StarRocksError, type Session } from '../session.ts';
import { clusterTime } from './cluster-time.ts';
import { PRODUCER, runIdOf, type ClusterNames } from './load-events.ts';

/** Files that a pipe loaded together. */
export interface PipeBatch {
  readonly key: string;
  readonly pipe: string;
  readonly pipeId: string;
  readonly table: string;
  readonly started: string | null;
  readonly finished: string | null;
  /** By folder. */
  readonly folders: ReadonlyMap<string, { files: number; bytes: number }>;
}

/** Files that are read at a time: those that were loaded last. */
export const MOST_FILES = 5000;

/**
 * What pipes of a database loaded last, the oldest first: files that began and ended together are one load. None where
 * the release (before 3.2) or the grants do not tell.
 */
export async function readPipeBatches(session: Session, database: string): Promise<PipeBatch[]> {
  try {
    const where = `DATABASE_NAME = ${quoteText(database)}`;
    const pipes = new Map(
      (await session.query(`SELECT PIPE_ID, TABLE_NAME FROM information_schema.pipes WHERE ${where}`)).map(
        (row) => [row['PIPE_ID'] ?? '', row['TABLE_NAME'] ?? ''],
      ),
    );
    if (pipes.size === 0) return [];
    const files = await session.query(
      `SELECT PIPE_ID, PIPE_NAME, FILE_NAME, FILE_SIZE, START_LOAD_TIME, FINISH_LOAD_TIME FROM information_schema.pipe_files WHERE ${where} AND LOAD_STATE = 'FINISHED' ORDER BY FINISH_LOAD_TIME DESC LIMIT ${MOST_FILES}`,
    );
    const batches = new Map<
      string,
      PipeBatch & { readonly folders: Map<string, { files: number; bytes: number }> }
    >();
    for (const file of files) {
      const pipeId = file['PIPE_ID'] ?? '';
      const [started, finished] = [file['START_LOAD_TIME'] ?? null, file['FINISH_LOAD_TIME'] ?? null];
      const key = `${pipeId}/${started ?? ''}/${finished ?? ''}`;
      const table = parseTableName(pipes.get(pipeId) ?? '');
      const batch = batches.get(key) ?? {
        key,
        pipe: file['PIPE_NAME'] ?? '',
        pipeId,
        table: table === null ? '' : showTable(table),
        started,
        finished,
        folders: new Map<string, { files: number; bytes: number }>(),
      };
      const folder = folderOf(file['FILE_NAME'] ?? '');
      const before = batch.folders.get(folder) ?? { files: 0, bytes: 0 };
      const bytes = Number(file['FILE_SIZE'] ?? 0) || 0;
      batch.folders.set(folder, { files: before.files + 1, bytes: before.bytes + bytes });
      batches.set(key, batch);
    }
    // Of the oldest some files may be beyond what was read.
    const complete = [...batches.values()];
    if (files.length === MOST_FILES && complete.length > 1) complete.pop();
    return complete.filter(({ table }) => table !== '').toReversed();
  } catch (error) {
    if (error instanceof StarRocksError && error.kind === 'refused') return [];
    throw error;
  }
}

/** `s3://bucket/day=1` of `s3://bucket/day=1/a.parquet`. */
function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** A load of a pipe: from folders into its table. Rows are told by the INSERT that it began, which is listed as a load. */
export function eventOfPipeBatch(
  names: ClusterNames,
  batch: PipeBatch,
  options: { readonly database: string; readonly offsetMinutes: number; readonly now: number },
): RunEvent {
  return runEvent({
    eventType: 'COMPLETE',
    eventTime: new Date(clusterTime(batch.finished, options.offsetMinutes) ?? options.now),
    producer: PRODUCER,
    run: {
      runId: runIdOf(names.cluster, 'pipe', batch.key),
      facets: {
        assay_starrocks_pipe: customFacet(
          'urn:assay:facets:starrocks-pipe:1-0-0',
          { pipe: batch.pipe, pipeId: batch.pipeId },
          PRODUCER,
        ),
      },
    },
    job: { namespace: names.namespace, name: `${options.database}.pipe.${batch.pipe}` },
    inputs: [...batch.folders].toSorted(byFolder).map(([folder, { files, bytes }]) => ({
      ...placeOf(folder),
      inputFacets: {
        inputStatistics: inputStatisticsInputDatasetFacet({ fileCount: files, size: bytes }, PRODUCER),
      },
    })),
    outputs: [{ namespace: names.namespace, name: batch.table }],
  });
}

const byFolder = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

/** `s3://bucket` and `raw/day=1`, as OpenLineage names objects. */
function placeOf(folder: string): { readonly namespace: string; readonly name: string } {
  const [, scheme, authority, path = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)\/?(.*)$/i.exec(folder) ?? [];
  if (scheme === undefined) return { namespace: 'file', name: folder === '' ? '/' : folder };
  return { namespace: `${scheme.toLowerCase()}://${authority ?? ''}`, name: path === '' ? '/' : path };
}
