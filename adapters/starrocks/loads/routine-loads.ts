import { quoteText } from '../names.ts';
import { StarRocksError, type Row, type Session } from '../session.ts';
import type { LoadSource } from './load-events.ts';
import type { WatchState } from './watch-state.ts';

/** What a routine load job has done since it was made. */
export interface RoutineJob {
  readonly id: string;
  readonly name: string;
  readonly table: string;
  readonly state: string;
  readonly tasks: number;
  readonly rows: number;
  readonly source: LoadSource | null;
}

/** The routine loads of a database; none where the release or the grants do not tell. */
export async function readRoutineLoads(session: Session, database: string): Promise<RoutineJob[]> {
  try {
    const rows = await session.query(
      `SELECT * FROM information_schema.routine_load_jobs WHERE DB_NAME = ${quoteText(database)}`,
    );
    return rows.map((row) => {
      const statistics = countersOf(row['STATISTICS'] ?? '');
      return {
        id: row['ID'] ?? '',
        name: row['NAME'] ?? '',
        table: row['TABLE_NAME'] ?? '',
        state: row['STATE'] ?? '',
        source: sourceOf(row),
        ...statistics,
      };
    });
  } catch (error) {
    if (error instanceof StarRocksError && error.kind === 'refused') return [];
    throw error;
  }
}

/** The topic of a job as OpenLineage names topics: by the first broker. Null where the release does not tell. */
function sourceOf(row: Row): LoadSource | null {
  const properties = objectOf(row['DATA_SOURCE_PROPERTIES'] ?? '');
  const text = (...names: readonly string[]): string => {
    const value = names.map((name) => properties[name]).find((one) => typeof one === 'string');
    return typeof value === 'string' ? value.trim() : '';
  };
  const topic = text('topic', 'kafka_topic');
  const [broker = ''] = text('brokerList', 'kafka_broker_list').split(',');
  const progress = known(row['PROGRESS']);
  const latest = known(row['LATEST_SOURCE_POSITION']);
  if (topic !== '' && broker.trim() !== '') {
    const host = broker.trim();
    const namespace = `kafka://${/:\d+$/.test(host) ? host : `${host}:9092`}`;
    return { namespace, name: topic, progress, latest };
  }
  const url = text('serviceUrl', 'pulsar_service_url');
  const pulsar = topic === '' ? text('pulsar_topic') : topic;
  return url === '' || pulsar === '' ? null : { namespace: url, name: pulsar, progress, latest };
}

function known(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' || text === '{}' ? null : text.slice(0, 2000);
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function countersOf(text: string): { readonly tasks: number; readonly rows: number } {
  const found = objectOf(text);
  const number = (name: string): number => Number(found[name] ?? 0) || 0;
  return { tasks: number('committedTaskNum'), rows: number('loadedRows') };
}

/** Tasks that a job committed and that were never listed while somebody looked. */
export interface MissedTasks {
  readonly job: string;
  readonly table: string;
  readonly tasks: number;
  readonly rows: number;
}

/**
 * Compares what jobs say they have committed since the last look with the tasks that were seen to end since. Tasks
 * are forgotten when a frontend is restarted and when there are too many; the counters are not.
 */
export function missedTasks(
  state: WatchState,
  jobs: readonly RoutineJob[],
  seen: ReadonlyMap<string, { readonly tasks: number; readonly rows: number }>,
): MissedTasks[] {
  const missed: MissedTasks[] = [];
  for (const { id, name, table, tasks, rows } of jobs) {
    const before = state.routine.get(id);
    const told = seen.get(name) ?? { tasks: 0, rows: 0 };
    // A counter that went back is that of a job made anew.
    const gone = before === undefined || tasks < before.tasks ? 0 : tasks - before.tasks - told.tasks;
    if (gone > 0 && before !== undefined)
      missed.push({ job: name, table, tasks: gone, rows: Math.max(0, rows - before.rows - told.rows) });
    // What was seen and is not counted yet is counted by the next look.
    state.routine.set(id, gone < 0 ? { tasks: tasks - gone, rows } : { tasks, rows });
  }
  return missed;
}
