import {
  customFacet,
  errorMessageRunFacet,
  jobTypeJobFacet,
  runEvent,
  type RunEvent,
} from 'openlineage-client';
import { quoteText, type TableName } from '../names.ts';
import { StarRocksError, type Row, type Session } from '../session.ts';
import { clusterTime } from './cluster-time.ts';
import { PRODUCER, runIdOf, type ClusterNames } from './load-events.ts';
import { tablesIn, targetIn } from './tables-in.ts';

/** One run of a task: a refresh of a materialized view, or what SUBMIT TASK said. */
export interface TaskRun {
  /** Of the query that it runs. */
  readonly id: string;
  readonly task: string;
  /** What it refreshes; null for a task of a statement. */
  readonly view: string | null;
  readonly state: 'open' | 'finished' | 'failed' | 'merged';
  readonly created: string | null;
  readonly finished: string | null;
  readonly error: string | null;
  readonly inputs: readonly TableName[];
  readonly output: TableName | null;
}

/** Runs that are read at a time: the newest. A frontend keeps a week of them. */
export const MOST_TASK_RUNS = 2000;

/**
 * The newest runs of tasks in a database, the oldest of them first; none where the release or the grants do not tell.
 * Nothing is asked by time: the frontend compares it in a zone of its own.
 */
export async function readTaskRuns(session: Session, database: string): Promise<TaskRun[]> {
  try {
    const views = new Map(
      (
        await session.query(
          `SELECT TABLE_NAME, TASK_NAME, MATERIALIZED_VIEW_DEFINITION FROM information_schema.materialized_views WHERE TABLE_SCHEMA = ${quoteText(database)}`,
        )
      ).map((row) => [row['TASK_NAME'] ?? '', row]),
    );
    const rows = await session.query(
      `SELECT QUERY_ID, TASK_NAME, CREATE_TIME, FINISH_TIME, STATE, DEFINITION, ERROR_MESSAGE FROM information_schema.task_runs WHERE \`DATABASE\` = ${quoteText(database)} ORDER BY CREATE_TIME DESC LIMIT ${MOST_TASK_RUNS}`,
    );
    return rows
      .filter((row) => (row['QUERY_ID'] ?? '') !== '')
      .map((row) => taskRunOf(row, views.get(row['TASK_NAME'] ?? '') ?? null, database))
      .toReversed();
  } catch (error) {
    if (error instanceof StarRocksError && error.kind === 'refused') return [];
    throw error;
  }
}

function taskRunOf(row: Row, view: Row | null, database: string): TaskRun {
  const definition = row['DEFINITION'] ?? '';
  const viewName = view?.['TABLE_NAME'] ?? null;
  const output = viewName === null ? targetIn(definition, database) : { database, table: viewName };
  const read = tablesIn(view?.['MATERIALIZED_VIEW_DEFINITION'] ?? definition, database);
  const error = row['ERROR_MESSAGE'] ?? '';
  return {
    id: row['QUERY_ID'] ?? '',
    task: row['TASK_NAME'] ?? '',
    view: viewName,
    state: stateOf(row['STATE'] ?? ''),
    created: row['CREATE_TIME'] ?? null,
    finished: row['FINISH_TIME'] ?? null,
    error: error === '' || error === 'NULL' ? null : error,
    inputs: read.filter(({ database: db, table }) => db !== output?.database || table !== output.table),
    output,
  };
}

function stateOf(text: string): TaskRun['state'] {
  if (text === 'SUCCESS') return 'finished';
  if (text === 'FAILED') return 'failed';
  // Another run does its work.
  return text === 'MERGED' || text === 'SKIPPED' ? 'merged' : 'open';
}

/** What the job of a task is called: a refresh by its view, because tasks of views bear numbers. */
export function taskJobOf({ view, task }: Pick<TaskRun, 'view' | 'task'>, database: string): string {
  return view === null ? `${database}.task.${task}` : `${database}.${view}.refresh`;
}

/** The run id of a task's run. */
export function taskRunIdOf(cluster: string, id: string): string {
  return runIdOf(cluster, 'task_run', id);
}

/** A run of a task as it stands; nothing of one that was merged into another before it began. */
export function eventsOfTaskRun(
  names: ClusterNames,
  run: TaskRun,
  options: {
    readonly database: string;
    readonly begun: boolean;
    readonly offsetMinutes: number;
    readonly now: number;
  },
): RunEvent[] {
  const { begun, offsetMinutes, now, database } = options;
  if (run.state === 'merged' && !begun) return [];
  const created = clusterTime(run.created, offsetMinutes) ?? now;
  const eventOf = (eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT', at: number): RunEvent =>
    runEvent({
      eventType,
      eventTime: new Date(at),
      producer: PRODUCER,
      run: {
        runId: taskRunIdOf(names.cluster, run.id),
        facets: {
          assay_starrocks_task: customFacet(
            'urn:assay:facets:starrocks-task:1-0-0',
            { task: run.task, queryId: run.id },
            PRODUCER,
          ),
          ...(eventType === 'FAIL' && {
            errorMessage: errorMessageRunFacet(
              { message: run.error ?? 'The task failed.', programmingLanguage: 'SQL' },
              PRODUCER,
            ),
          }),
        },
      },
      job: {
        namespace: names.namespace,
        name: taskJobOf(run, database),
        facets: {
          jobType: jobTypeJobFacet(
            {
              processingType: 'BATCH',
              integration: 'STARROCKS',
              jobType: run.view === null ? 'TASK' : 'MATERIALIZED_VIEW_REFRESH',
            },
            PRODUCER,
          ),
        },
      },
      inputs: run.inputs.map((table) => datasetOf(names, table)),
      ...(run.output !== null && { outputs: [datasetOf(names, run.output)] }),
    });
  const events = begun ? [] : [eventOf('START', created)];
  if (run.state === 'open') return events;
  const ended = Math.max(created, clusterTime(run.finished, offsetMinutes) ?? created);
  const type = { finished: 'COMPLETE', failed: 'FAIL', merged: 'ABORT' } as const;
  return [...events, eventOf(type[run.state], ended)];
}

/** An open run of a task that the frontend does not list any more. */
export function lostTaskRun(
  names: ClusterNames,
  { id, job }: { readonly id: string; readonly job: string },
  at: number,
): RunEvent {
  const facet = customFacet(
    'urn:assay:facets:starrocks-task:1-0-0',
    { queryId: id, reason: 'evicted' },
    PRODUCER,
  );
  return runEvent({
    eventType: 'ABORT',
    eventTime: new Date(at),
    producer: PRODUCER,
    run: { runId: taskRunIdOf(names.cluster, id), facets: { assay_starrocks_task: facet } },
    job: { namespace: names.namespace, name: job },
  });
}

function datasetOf({ namespace }: ClusterNames, { database, table }: TableName) {
  return { namespace, name: `${database}.${table}` };
}
