import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { mysqlWarehouse } from '#adapters/mysql/warehouse.ts';
import { postgresWarehouse } from '#adapters/postgres/warehouse.ts';
import { pushContracts } from '#gate/contracts.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { publishEvaluation } from '#gate/publish.ts';
import type { GateServices } from '#gate/services.ts';
import { datasetId } from '#model/ids.ts';
import type { Warehouse } from '#model/ports.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import { openDatabase } from '#store/database.ts';
import { testWarehouse } from '#test/adapters/postgres/warehouse.ts';
import { testDatabase } from '#test/support/database.ts';
import type { MariadbServer } from '#test/support/mariadb-server.ts';
import { startStepRelay, type StepRelay } from '#test/support/step-relay.ts';

/** What is exchanged: a partition of each day, or a whole table. */
export type Shape = 'partition' | 'table';

/** A gate, and the same gate by lines that stop at any message to the store or to the warehouse. */
export interface SteppedGate {
  readonly services: GateServices;
  readonly relay: StepRelay;
  readonly stepped: GateServices;
  readonly steppedUrls: readonly [store: string, warehouse: string];
  readonly dataset: string;
  /** A place with 2 rows, published, and another candidate of 3 for it. */
  candidate(): Promise<Place>;
  publish(row: EvaluationRow): Promise<string>;
  /** Rows of a table; null when it is not there. */
  count(table: string): Promise<number | null>;
  /** Rows that gold serves at a place. */
  served(place: Place): Promise<number | null>;
  /** Tables beside gold that only a publication under way needs. */
  leftovers(): Promise<(string | null)[]>;
}

export interface Place {
  readonly partition: string;
  readonly row: EvaluationRow;
  /** The staging table of the candidate. */
  readonly ref: string;
  /** The names that gold keeps tables under, without what is added. */
  readonly base: string;
  readonly day: string;
}

interface Engine {
  readonly url: string;
  readonly warehouse: Warehouse;
  run(text: string): Promise<void>;
  values(text: string): Promise<(string | null)[]>;
  readonly makeGold: Readonly<Record<Shape, string>>;
  makeStage(name: string): string;
}

/** Whoever looks while a session lives on waits no longer for its lock. */
const LOCK_MS = 1000;
const COLUMNS = '(flight_date date not null, route varchar(20) not null, flights int not null)';

async function postgresEngine(t: TestContext): Promise<Engine> {
  const house = await testWarehouse(t);
  const warehouse = postgresWarehouse({ name: 'warehouse', url: house.url, lockTimeoutMs: LOCK_MS });
  t.after(() => warehouse.close());
  return {
    url: house.url,
    warehouse,
    run: (text) => house.run(text),
    values: (text) => house.values(text),
    makeGold: {
      partition: `create table gold.routes ${COLUMNS} partition by range (flight_date)`,
      table: `create table gold.routes ${COLUMNS}`,
    },
    makeStage: (name) => `create table ${name} (like gold.routes including all)`,
  };
}

async function mariadbEngine(t: TestContext, server: MariadbServer): Promise<Engine> {
  const url = await server.database('gold');
  const admin = createPool({
    uri: url,
    connectionLimit: 1,
    dateStrings: true,
    multipleStatements: true,
  });
  await admin.query('drop database if exists staging; create database staging');
  await admin.query('drop database gold; create database gold; use gold');
  const warehouse = mysqlWarehouse({ name: 'warehouse', url, lockTimeoutMs: LOCK_MS });
  t.after(async () => {
    await warehouse.close();
    await admin.end();
  });
  return {
    url,
    warehouse,
    run: async (text) => void (await admin.query(text)),
    async values(text) {
      const [found] = await admin.query<RowDataPacket[]>(text);
      return found.map((row) => String(Object.values(row)[0]));
    },
    makeGold: {
      partition: `create table gold.routes ${COLUMNS} partition by range columns (flight_date) (partition p0 values less than ('2000-01-01'))`,
      table: `create table gold.routes ${COLUMNS}`,
    },
    makeStage: (name) => `create table ${name} ${COLUMNS}`,
  };
}

/**
 * @param server null: PostgreSQL.
 * @param lines which messages are counted and stopped at.
 */
export async function steppedGate(
  t: TestContext,
  server: MariadbServer | null,
  shape: Shape,
  lines: 'all' | 'warehouse' = 'all',
): Promise<SteppedGate> {
  const engine = server === null ? await postgresEngine(t) : await mariadbEngine(t, server);
  await engine.run(engine.makeGold[shape]);
  const database = await testDatabase(t);
  const services: GateServices = {
    database,
    warehouses: new Map([['warehouse', engine.warehouse]]),
    newId: randomUUID,
  };
  const partitioned = shape === 'partition';
  await pushContracts(
    services,
    {
      fileName: 'routes.yaml',
      text: `
dataset: gold.routes
namespace: demo
version: "1.0.0"
owner: planning@example.com
${partitioned ? 'partition: { column: flight_date, grain: day }' : ''}
gate: { publish_to: "warehouse:gold.routes" }
quality:
  - check: "row_count between 1 and 5"
`,
    },
    new Date(),
  );
  const relay = startStepRelay(t);
  const storeUrl = lines === 'all' ? await relay.by(database.url) : database.url;
  const steppedUrls = [storeUrl, await relay.by(engine.url)] as const;
  const open = server === null ? postgresWarehouse : mysqlWarehouse;
  const steppedWarehouse = open({ name: 'warehouse', url: steppedUrls[1], lockTimeoutMs: LOCK_MS });
  const steppedDatabase = openDatabase({ url: steppedUrls[0] });
  t.after(async () => {
    await steppedWarehouse.close();
    await steppedDatabase.close();
  });
  const dataset = datasetId('demo', 'gold.routes');
  let made = 0;

  const publish = async ({ id, candidate_version }: EvaluationRow): Promise<string> =>
    (await publishEvaluation(services, id, { expectedVersion: candidate_version ?? '' }, new Date())).state;
  const exists = async (table: string): Promise<boolean> => {
    const [schema, name] = table.split('.');
    const found = await engine.values(
      `select 1 from information_schema.tables where table_schema = '${schema}' and table_name = '${name}'`,
    );
    return found.length > 0;
  };
  const count = async (table: string): Promise<number | null> =>
    (await exists(table)) ? Number((await engine.values(`select count(*) from ${table}`))[0]) : null;

  return {
    services,
    relay,
    stepped: {
      ...services,
      database: steppedDatabase,
      warehouses: new Map([['warehouse', steppedWarehouse]]),
    },
    steppedUrls,
    dataset,
    publish,
    count,
    async candidate() {
      made += 1;
      const day = new Date(Date.UTC(2001, 0, made)).toISOString().slice(0, 10);
      const partition = partitioned ? `flight_date=${day}` : '';
      const stage = async (rows: number): Promise<{ row: EvaluationRow; ref: string }> => {
        const ref = `staging.routes_${made}_${rows}`;
        await engine.run(engine.makeStage(ref));
        const values = Array.from({ length: rows }, (_, at) => `('${day}', 'R${at}', ${made})`);
        await engine.run(`insert into ${ref} values ${values.join(', ')}`);
        const order = {
          datasetId: dataset,
          partition,
          candidate: { kind: 'table', ref },
          idempotencyKey: null,
        };
        return { ref, row: await evaluateCandidate(services, order, new Date()) };
      };
      const first = await stage(2);
      await publish(first.row);
      const digits = day.replaceAll('-', '');
      const base = partitioned ? `gold.routes_p${digits}` : 'gold.routes';
      return { partition, base, day, ...(await stage(3)) };
    },
    served: async ({ day }) =>
      Number((await engine.values(`select count(*) from gold.routes where flight_date = '${day}'`))[0]),
    leftovers: () =>
      engine.values(
        "select table_name from information_schema.tables where table_name like 'assay!_stage!_%' escape '!' or table_name like 'assay!_old!_%' escape '!' or table_name like 'assay!_moving!_%' escape '!' or table_name like '%!_returned!_%' escape '!'",
      ),
  };
}
