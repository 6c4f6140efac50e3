import { StarRocksError, type Row } from '#adapters/starrocks/session.ts';
import { parseStatement, SyntaxFault, type Name, type Select, type Statement } from './grammar.ts';

/**
 * A frontend as far as publishing sees it: tables, formal and temporary partitions, ids, versions, labels and
 * loads, by the rules that its sources state. Contents are texts; what a load writes is what it read.
 */
export interface ModelPartition {
  readonly id: number;
  /** 1: never loaded. */
  version: number;
  readonly value: string;
  content: string;
}

export interface ModelTable {
  readonly id: number;
  readonly partitioned: boolean;
  readonly formal: Map<string, ModelPartition>;
  readonly temporary: Map<string, ModelPartition>;
}

interface Load {
  readonly id: number;
  readonly database: string;
  readonly table: string;
  readonly label: string;
  state: 'LOADING' | 'FINISHED' | 'CANCELLED';
}

/** A routine load as far as somebody pauses and resumes it. */
export interface ModelRoutineLoad {
  readonly id: number;
  readonly name: string;
  readonly database: string;
  readonly table: string;
  state: 'NEED_SCHEDULE' | 'RUNNING' | 'PAUSED' | 'UNSTABLE' | 'STOPPED' | 'CANCELLED';
  pauseTime: string | null;
  reason: string;
}

/** A load between its beginning and its commit. */
export interface OpenLoad {
  readonly commit: () => readonly Row[];
  readonly abort: () => void;
}

export type Begun = { readonly rows: readonly Row[] } | { readonly load: OpenLoad };

type Extract<T extends Statement['type']> = Statement & { readonly type: T };

export class FrontEnd {
  /** By `database.name`. */
  readonly tables = new Map<string, ModelTable>();
  /** Rows of tables with a primary key, by `database.name`. */
  readonly keyed = new Map<string, Map<string, string>>();
  /** Columns by `database.name`, in order. */
  readonly columns = new Map<string, readonly { readonly name: string; readonly type: string }[]>();
  /** `database.name` of views. */
  readonly views = new Set<string>();
  /** Rows of other catalogue views, such as `sys.role_edges`. */
  readonly catalogRows = new Map<string, readonly Row[]>();
  readonly routineLoads: ModelRoutineLoad[] = [];
  readonly #loads: Load[] = [];
  #pauses = 0;
  #lastId = 10_000;

  /** What another frontend knows that has read the journal up to now: it lags behind from then on. */
  copy(): FrontEnd {
    const other = new FrontEnd();
    const partitions = (of: ReadonlyMap<string, ModelPartition>): Map<string, ModelPartition> =>
      new Map([...of].map(([name, partition]) => [name, { ...partition }]));
    for (const [name, table] of this.tables)
      other.tables.set(name, {
        ...table,
        formal: partitions(table.formal),
        temporary: partitions(table.temporary),
      });
    for (const [name, rows] of this.keyed) other.keyed.set(name, new Map(rows));
    for (const [name, columns] of this.columns) other.columns.set(name, columns);
    for (const name of this.views) other.views.add(name);
    for (const [name, rows] of this.catalogRows) other.catalogRows.set(name, rows);
    other.routineLoads.push(...this.routineLoads.map((load) => ({ ...load })));
    return other;
  }

  createTable(name: string, partitioned: boolean): ModelTable {
    const table: ModelTable = { id: this.#id(), partitioned, formal: new Map(), temporary: new Map() };
    if (!partitioned) table.formal.set(name.split('.')[1] ?? name, this.#partition('', '', 1));
    this.tables.set(name, table);
    return table;
  }

  /** Writes from outside, as a pipeline with the right to do it. */
  write(table: ModelTable, partition: string, content: string, value = ''): ModelPartition {
    const there = table.formal.get(partition);
    if (there) {
      there.content = content;
      there.version += 1;
      return there;
    }
    const made = this.#partition(value, content, 2);
    table.formal.set(partition, made);
    return made;
  }

  /** Begins a statement: what has no load is done at once. Throws a StarRocksError with the frontend's words. */
  begin(sql: string): Begun {
    let statement: Statement;
    try {
      statement = parseStatement(sql);
    } catch (error) {
      if (error instanceof SyntaxFault) throw new StarRocksError('refused', error.message, 1064);
      throw error;
    }
    if (statement.type === 'insert') return this.#insert(statement);
    if (statement.type === 'catalog') return { rows: this.#catalog(statement) };
    if (statement.type === 'show_routine_loads') return { rows: this.#routineRows(statement.database) };
    if (statement.type === 'pause' || statement.type === 'resume') {
      this.turnRoutineLoad(statement, statement.type, 'assay_gate');
      return { rows: [] };
    }
    this.#alter(statement);
    return { rows: [] };
  }

  /** A new leader: what was running is gone. */
  restart(): void {
    for (const load of this.#loads) if (load.state === 'LOADING') load.state = 'CANCELLED';
  }

  createRoutineLoad(name: string, table: string): ModelRoutineLoad {
    const [database = '', tableName = ''] = table.split('.');
    const made: ModelRoutineLoad = {
      id: this.#id(),
      name,
      database,
      table: tableName,
      state: 'RUNNING',
      pauseTime: null,
      reason: '',
    };
    this.routineLoads.push(made);
    return made;
  }

  /** Pauses or resumes as a user; the rules of RoutineLoadJob.checkStateTransform. Throws a StarRocksError. */
  turnRoutineLoad(
    { database, job }: { readonly database: string; readonly job: string },
    to: 'pause' | 'resume',
    user: string,
  ): void {
    const load = this.routineLoads.find(
      (one) =>
        one.database === database && one.name === job && one.state !== 'STOPPED' && one.state !== 'CANCELLED',
    );
    if (!load) return refuse(`There is not operable routine load job with name ${job}`);
    if (to === 'resume') {
      load.state = 'NEED_SCHEDULE';
      load.pauseTime = null;
      load.reason = '';
      return undefined;
    }
    if (load.state === 'PAUSED') return refuse('Could not transform PAUSED to PAUSED');
    this.#pauses += 1;
    load.state = 'PAUSED';
    load.pauseTime = `2026-01-02 10:${String(Math.floor(this.#pauses / 60) % 60).padStart(2, '0')}:${String(this.#pauses % 60).padStart(2, '0')}`;
    load.reason = `ErrorReason{errCode = 100, msg='User ${user} pauses routine load job'}`;
    return undefined;
  }

  #routineRows(database: string): Row[] {
    return this.routineLoads
      .filter((load) => load.database === database)
      .map((load) => ({
        Id: String(load.id),
        Name: load.name,
        CreateTime: '2026-01-01 00:00:00',
        PauseTime: load.pauseTime,
        EndTime: null,
        DbName: load.database,
        TableName: load.table,
        State: load.state,
        DataSourceType: 'KAFKA',
        ReasonOfStateChanged: load.reason,
      }));
  }

  #alter(
    statement: Exclude<
      Statement,
      | Extract<'insert'>
      | Extract<'catalog'>
      | Extract<'show_routine_loads'>
      | Extract<'pause'>
      | Extract<'resume'>
    >,
  ): void {
    switch (statement.type) {
      case 'add_partition':
        return this.#addPartition(statement);
      case 'drop_temporary':
        this.#table(statement.table).temporary.delete(statement.partition);
        return undefined;
      case 'replace':
        return this.#replace(statement);
      case 'swap':
        return this.#swap(statement);
      case 'rename': {
        const table = this.#table(statement.table);
        const to = key({ ...statement.table, table: statement.to });
        if (this.tables.has(to)) refuse(`Table name[${statement.to}] is already used`);
        this.tables.delete(key(statement.table));
        this.tables.set(to, renamed(table, statement.table.table, statement.to));
        return undefined;
      }
      case 'create_like': {
        if (this.tables.has(key(statement.table))) return undefined;
        const model = this.#table(statement.model);
        const table = this.createTable(key(statement.table), model.partitioned);
        for (const [name, { value }] of model.partitioned ? model.formal : [])
          table.formal.set(name, this.#partition(value, '', 1));
        return undefined;
      }
      case 'create_table':
        if (this.tables.has(key(statement.table))) return undefined;
        this.createTable(key(statement.table), false);
        if (statement.keyed) this.keyed.set(key(statement.table), new Map());
        return undefined;
      case 'drop_table':
        this.tables.delete(key(statement.table));
        return undefined;
      default:
        return statement satisfies never;
    }
  }

  #addPartition({ table: name, temporary, partition, value }: Extract<'add_partition'>): void {
    const table = this.#table(name);
    if (!table.partitioned) refuse(`Table [${name.table}] is not partitioned`);
    const place = temporary ? table.temporary : table.formal;
    if (place.has(partition)) return;
    if (table.formal.has(partition) || table.temporary.has(partition))
      refuse(`Duplicate partition name ${partition}`);
    if ([...place.values()].some((other) => other.value === value))
      refuse(`Range ${value} is intersected with range ${value}`);
    place.set(partition, this.#partition(value, '', 1));
  }

  #replace({ table: name, formal, temporary }: Extract<'replace'>): void {
    const table = this.#table(name);
    if (formal.length !== temporary.length) refuse('The number of partitions differs in this model');
    const pairs = formal.map((old, index) => {
      const temp = temporary[index] ?? '';
      const before = table.formal.get(old);
      const next = table.temporary.get(temp);
      if (!before) return refuse(`Partition[${old}] does not exist`);
      if (!next) return refuse(`Temp partition[${temp}] does not exist`);
      if (before.value !== next.value) refuse('2 range lists are not strictly matched');
      return { old, temp, next };
    });
    for (const { old, temp, next } of pairs) {
      table.temporary.delete(temp);
      table.formal.set(old, next);
    }
  }

  #swap({ table: name, other: otherName }: Extract<'swap'>): void {
    const other = { ...name, table: otherName };
    const [a, b] = [this.#table(name), this.#table(other)];
    this.tables.set(key(name), renamed(b, otherName, name.table));
    this.tables.set(key(other), renamed(a, name.table, otherName));
  }

  #insert({ overwrite, table: name, partition, temporary, label, source, values }: Extract<'insert'>): Begun {
    const table = this.#table(name);
    const partitionName =
      partition ?? (table.partitioned ? refuse('PARTITION is required in this model') : name.table);
    const place = temporary ? table.temporary : table.formal;
    const target = place.get(partitionName);
    if (!target) return refuse(`Unknown partition '${partitionName}' in table '${name.table}'`);
    const bears = label ?? `insert_${this.#id()}`;
    if (
      this.#loads.some(
        (load) => load.database === name.database && load.label === bears && load.state !== 'CANCELLED',
      )
    )
      return refuse(`Label [${bears}] has already been used.`);
    const content = source === null ? values.join() : this.#read(source);
    const load: Load = {
      id: this.#id(),
      database: name.database,
      table: name.table,
      label: bears,
      state: 'LOADING',
    };
    this.#loads.push(load);
    const commit = (): readonly Row[] => {
      if (load.state !== 'LOADING')
        throw new StarRocksError('refused', `Load ${bears} was cancelled: leader changed`, 1064);
      if (overwrite) {
        // It goes by the name: an overwrite that comes later wins.
        const now = [...this.tables.values()].find(({ id }) => id === table.id);
        const before = now?.formal.get(partitionName);
        if (!now || !before) {
          load.state = 'CANCELLED';
          return refuse(`Partition[${partitionName}] does not exist`);
        }
        now.formal.set(partitionName, this.#partition(before.value, content, 2));
      } else {
        // Of a partition that was dropped meanwhile nothing is written, and the load is visible all the same.
        const [place, value] = values;
        if (place !== undefined && value !== undefined) this.keyed.get(key(name))?.set(place, value);
        target.version += 1;
        target.content = target.content === '' ? content : `${target.content}+${content}`;
      }
      load.state = 'FINISHED';
      return [];
    };
    return { load: { commit, abort: () => (load.state = 'CANCELLED') } };
  }

  /** What a query of that source reads. Throws a StarRocksError. */
  read(source: Select): string {
    return this.#read(source);
  }

  #read({ table: name, partition, temporary }: Select): string {
    const table = this.#table(name);
    if (partition === null) return [...table.formal.values()].map(({ content }) => content).join('+');
    const place = temporary ? table.temporary : table.formal;
    return (
      place.get(partition)?.content ?? refuse(`Unknown partition '${partition}' in table '${name.table}'`)
    );
  }

  #catalog({ columns, view, equals }: Extract<'catalog'>): Row[] {
    const rows = this.#rowsOf(view).filter((row) =>
      [...equals].every(([column, value]) => row[column] === value),
    );
    return rows.map((row) =>
      Object.fromEntries(
        columns.map((column) => [
          column,
          column in row ? (row[column] ?? null) : refuse(`Column '${column}' cannot be resolved`),
        ]),
      ),
    );
  }

  #rowsOf(view: string): Row[] {
    switch (view) {
      case 'partitions_meta':
        return [...this.tables].flatMap(([name, table]) => {
          const [db = '', tableName = ''] = name.split('.');
          const rows = (partitions: Map<string, ModelPartition>, temp: string): Row[] =>
            [...partitions].map(([partition, { id, version, value }]) => ({
              DB_NAME: db,
              TABLE_NAME: tableName,
              PARTITION_NAME: partition,
              PARTITION_ID: String(id),
              VISIBLE_VERSION: String(version),
              IS_TEMP: temp,
              PARTITION_VALUE: value,
            }));
          return [...rows(table.formal, '0'), ...rows(table.temporary, '1')];
        });
      case 'tables_config':
        return [...this.tables].map(([name, { id, partitioned }]) => {
          const [db = '', table = ''] = name.split('.');
          return {
            TABLE_SCHEMA: db,
            TABLE_NAME: table,
            TABLE_ID: String(id),
            PARTITION_KEY: partitioned ? '`dt`' : '',
          };
        });
      case 'tables':
        return [
          ...[...this.tables.keys()].map((name) => [name, 'BASE TABLE'] as const),
          ...[...this.views].map((name) => [name, 'VIEW'] as const),
        ].map(([name, type]) => {
          const [db = '', table = ''] = name.split('.');
          return { TABLE_SCHEMA: db, TABLE_NAME: table, TABLE_TYPE: type };
        });
      case 'columns':
        return [...this.columns].flatMap(([table, columns]) => {
          const [db = '', tableName = ''] = table.split('.');
          return columns.map(({ name, type }, at) => ({
            TABLE_SCHEMA: db,
            TABLE_NAME: tableName,
            COLUMN_NAME: name,
            COLUMN_TYPE: type,
            ORDINAL_POSITION: String(at + 1),
          }));
        });
      case 'loads':
        return this.#loads.map(({ database, table, label, state }) => ({
          DB_NAME: database,
          TABLE_NAME: table,
          LABEL: label,
          STATE: state,
        }));
      default:
        return [...(this.catalogRows.get(view) ?? refuse(`Unknown table '${view}'`))];
    }
  }

  #table(name: Name): ModelTable {
    return this.tables.get(key(name)) ?? refuse(`Unknown table '${name.database}.${name.table}'`);
  }

  #partition(value: string, content: string, version: number): ModelPartition {
    return { id: this.#id(), version, value, content };
  }

  #id(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

/** The partition of an unpartitioned table is called as the table is. */
function renamed(table: ModelTable, from: string, to: string): ModelTable {
  if (table.partitioned) return table;
  const only = table.formal.get(from);
  if (only) {
    table.formal.delete(from);
    table.formal.set(to, only);
  }
  return table;
}

function key({ database, table }: Name): string {
  return `${database}.${table}`;
}

function refuse(message: string): never {
  throw new StarRocksError('refused', message, 1064);
}
