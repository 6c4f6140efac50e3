import { StarRocksError, type Row, type Session } from '#adapters/starrocks/session.ts';

/** A load as a frontend lists it. */
export interface RecordedLoad {
  readonly id: number;
  readonly db?: string;
  readonly table?: string;
  state: string;
  readonly type?: string;
  readonly label?: string;
  readonly created?: string;
  finished?: string;
  readonly rows?: number;
  readonly filtered?: number;
  readonly error?: string;
  readonly txn?: number;
  readonly job?: string;
}

export interface RecordedPartition {
  readonly table: string;
  readonly name: string;
  id: number;
  version: number;
  readonly temporary?: boolean;
  readonly rows?: number;
  readonly size?: string;
  readonly value?: string;
  readonly time?: string;
}

/** Tables of a cluster's catalogue as they were recorded; of the schema before 3.4 or since. */
export class RecordedCluster implements Session {
  readonly loads: RecordedLoad[] = [];
  readonly history: RecordedLoad[] = [];
  readonly partitions: RecordedPartition[] = [];
  readonly transactions = new Map<number, string>();
  readonly routine: Row[] = [];
  readonly views: Row[] = [];
  readonly taskRuns: Row[] = [];
  readonly pipes: Row[] = [];
  readonly pipeFiles: Row[] = [];
  readonly heard: string[] = [];
  /** Rows of one answer beyond which the frontend refuses; as 100 MB do. */
  largest = Infinity;
  /** Most rows that were given in one answer, and most cells. */
  widest = 0;
  down = false;
  readonly #old: boolean;

  constructor(schema: 'old' | 'unified') {
    this.#old = schema === 'old';
  }

  query(sql: string): Promise<readonly Row[]> {
    this.heard.push(sql);
    if (this.down) return Promise.reject(new StarRocksError('lost', 'Connection lost'));
    try {
      const rows = this.#answer(sql);
      this.widest = Math.max(this.widest, rows.length * Object.keys(rows[0] ?? {}).length);
      return Promise.resolve(rows);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #answer(sql: string): Row[] {
    if (sql.includes('information_schema.columns'))
      return this.#columns().map((name) => ({ COLUMN_NAME: name }));
    if (sql.includes('information_schema.loads')) return this.#loads(sql);
    if (sql.includes('information_schema.partitions_meta')) return this.#partitions();
    const listed = this.#listed(sql);
    if (listed !== null) return listed;
    if (sql.includes('information_schema.tables'))
      return [...new Set(this.loads.map(({ table }) => table ?? 'orders'))].map((name) => ({
        TABLE_NAME: name,
      }));
    if (sql.includes('routine_load_jobs')) return [...this.routine];
    if (sql.includes('loads_history')) {
      const id = Number(/id = (\d+)/.exec(sql)?.[1]);
      return this.history
        .filter((load) => load.id === id)
        .map((load) =>
          Object.fromEntries(Object.entries(this.#row(load)).map(([k, v]) => [k.toLowerCase(), v])),
        );
    }
    const transaction = /^SHOW TRANSACTION FROM `\w+` WHERE id = (\d+)$/.exec(sql);
    if (transaction) {
      const status = this.transactions.get(Number(transaction[1]));
      if (status === undefined) throw new StarRocksError('refused', 'transaction not found', 1064);
      return [{ TransactionStatus: status }];
    }
    throw new StarRocksError('refused', `Getting syntax error near '${sql.slice(0, 60)}'`, 1064);
  }

  /** Views that are read by the names of their columns, newest first and no more than asked for. */
  #listed(sql: string): Row[] | null {
    const match =
      /^SELECT ([\w, ]+) FROM information_schema\.(\w+) WHERE (?:`?DATABASE`?|DATABASE_NAME|TABLE_SCHEMA) = '(\w+)'(?: AND LOAD_STATE = 'FINISHED')?(?: ORDER BY (\w+) DESC LIMIT (\d+))?$/.exec(
        sql,
      );
    const [, columns = '', view = '', , order, limit] = match ?? [];
    const rows = {
      materialized_views: this.views,
      task_runs: this.taskRuns,
      pipes: this.pipes,
      pipe_files: this.pipeFiles,
    }[view];
    if (rows === undefined) return null;
    const sorted =
      order === undefined ? rows : rows.toSorted((a, b) => ((a[order] ?? '') < (b[order] ?? '') ? 1 : -1));
    return sorted
      .slice(0, Number(limit ?? sorted.length))
      .map((row) => Object.fromEntries(columns.split(', ').map((name) => [name, row[name] ?? null])));
  }

  #columns(): string[] {
    return this.#old
      ? 'JOB_ID LABEL DATABASE_NAME STATE PROGRESS TYPE PRIORITY SCAN_ROWS FILTERED_ROWS UNSELECTED_ROWS SINK_ROWS ETL_INFO TASK_INFO CREATE_TIME ETL_START_TIME ETL_FINISH_TIME LOAD_START_TIME LOAD_FINISH_TIME JOB_DETAILS ERROR_MSG TRACKING_URL TRACKING_SQL REJECTED_RECORD_PATH'.split(
          ' ',
        )
      : 'ID LABEL PROFILE_ID DB_NAME TABLE_NAME USER WAREHOUSE STATE PROGRESS TYPE PRIORITY SCAN_ROWS SCAN_BYTES FILTERED_ROWS UNSELECTED_ROWS SINK_ROWS RUNTIME_DETAILS CREATE_TIME LOAD_START_TIME LOAD_COMMIT_TIME LOAD_FINISH_TIME PROPERTIES ERROR_MSG TRACKING_SQL REJECTED_RECORD_PATH JOB_ID'.split(
          ' ',
        );
  }

  #loads(sql: string): Row[] {
    const match =
      /^SELECT ([\w, ]+) FROM information_schema\.loads WHERE (\w+) = '(\w+)'(?: AND TABLE_NAME = '(\w+)')?(?: AND (\w+) >= (\d+) AND \5 <= (\d+))?$/.exec(
        sql,
      );
    if (!match) throw new StarRocksError('refused', `Getting syntax error: ${sql.slice(0, 80)}`, 1064);
    const [, list = '', database, db, table, , first, last] = match;
    if (database !== (this.#old ? 'DATABASE_NAME' : 'DB_NAME'))
      throw new StarRocksError('refused', `Column '${database}' cannot be resolved`, 1064);
    // The frontend sends all rows of the names; what else is asked is left out only then.
    const sent = this.loads.filter(
      (load) => (load.db ?? 'gold') === db && (table === undefined || (load.table ?? 'orders') === table),
    );
    if (sent.length > this.largest)
      throw new StarRocksError('refused', 'MaxMessageSize reached, please set larger', 1064);
    const columns = list.split(', ');
    return sent
      .filter(({ id }) => first === undefined || (id >= Number(first) && id <= Number(last)))
      .map((load) => {
        const row = this.#row(load);
        return Object.fromEntries(
          columns.map((name) => {
            if (!(name in row))
              throw new StarRocksError('refused', `Column '${name}' cannot be resolved`, 1064);
            return [name, row[name] ?? null];
          }),
        );
      });
  }

  #row(load: RecordedLoad): Record<string, string | null> {
    const all: Record<string, string | null> = Object.fromEntries(
      this.#columns().map((name) => [name, null]),
    );
    const details = JSON.stringify({ load_id: 'x', ...(load.txn !== undefined && { txn_id: load.txn }) });
    Object.assign(all, {
      STATE: load.state,
      TYPE: load.type ?? 'STREAM_LOAD',
      LABEL: load.label ?? `label_${load.id}`,
      CREATE_TIME: load.created ?? '2026-01-02 10:00:00',
      LOAD_FINISH_TIME: load.finished ?? (load.state === 'FINISHED' ? '2026-01-02 10:00:30' : null),
      SINK_ROWS: String(load.rows ?? 0),
      FILTERED_ROWS: String(load.filtered ?? 0),
      ERROR_MSG: load.error ?? null,
    });
    if (this.#old)
      Object.assign(all, { JOB_ID: String(load.id), DATABASE_NAME: load.db ?? 'gold', JOB_DETAILS: details });
    else
      Object.assign(all, {
        ID: String(load.id),
        DB_NAME: load.db ?? 'gold',
        TABLE_NAME: load.table ?? 'orders',
        RUNTIME_DETAILS: details,
        PROPERTIES: JSON.stringify(load.job === undefined ? {} : { job_name: load.job }),
      });
    return all;
  }

  #partitions(): Row[] {
    return this.partitions.map((one) => ({
      TABLE_NAME: one.table,
      PARTITION_NAME: one.name,
      PARTITION_ID: String(one.id),
      VISIBLE_VERSION: String(one.version),
      VISIBLE_VERSION_TIME: one.time ?? '2026-01-02 10:00:30',
      DATA_VERSION: String(one.version),
      PARTITION_KEY: 'dt',
      PARTITION_VALUE:
        one.value ?? '[types: [DATE]; keys: [2026-01-01]; ..types: [DATE]; keys: [2026-01-02]; )',
      IS_TEMP: one.temporary === true ? '1' : '0',
      DATA_SIZE: one.size ?? '2.5KB',
      ROW_COUNT: String(one.rows ?? 0),
    }));
  }
}
