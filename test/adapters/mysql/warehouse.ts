import type { TestContext } from 'node:test';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { mysqlWarehouse } from '#adapters/mysql/warehouse.ts';
import type { PublishOutcome, Warehouse } from '#model/ports.ts';
import type { MariadbServer } from '#test/support/mariadb-server.ts';

/** A warehouse of its own for one test, and a connection that plays the pipelines and the readers. */
export interface MysqlHouse {
  readonly url: string;
  readonly warehouse: Warehouse;
  /** The same, but it waits a second for a lock. */
  readonly impatient: Warehouse;
  run(text: string): Promise<void>;
  /** The first column of the rows, as text. */
  values(text: string): Promise<(string | null)[]>;
  /** Another connection, for what happens at the same time. */
  connect(): Promise<Connection>;
}

/** Makes databases `gold` and `staging` anew. */
export async function mysqlHouse(t: TestContext, server: MariadbServer): Promise<MysqlHouse> {
  const url = await server.database('gold');
  const open: Connection[] = [];
  const connect = async (): Promise<Connection> => {
    const connection = await createConnection({ uri: url, dateStrings: true });
    connection.on('error', () => undefined);
    open.push(connection);
    return connection;
  };
  const admin = await connect();
  for (const name of ['gold', 'staging']) {
    await admin.query(`drop database if exists ${name}`);
    await admin.query(`create database ${name}`);
  }
  await admin.query('use gold');
  const warehouse = mysqlWarehouse({ name: 'warehouse', url });
  const impatient = mysqlWarehouse({ name: 'warehouse', url, lockTimeoutMs: 1000 });
  t.after(async () => {
    await warehouse.close();
    await impatient.close();
    for (const connection of open) connection.destroy();
  });
  return {
    url,
    warehouse,
    impatient,
    connect,
    async run(text) {
      for (const statement of text.split(';')) if (statement.trim() !== '') await admin.query(statement);
    },
    async values(text) {
      const [found] = await admin.query<RowDataPacket[]>(text);
      return found.map((row) => {
        const [value] = Object.values(row);
        return value === null ? null : String(value);
      });
    },
  };
}

/** The gold table of the tests: routes by day. */
export const ROUTES = `
  create table gold.daily_routes (flight_date date not null, route varchar(20) not null, flights int not null, key (route))
  partition by range columns (flight_date) (partition before_all values less than ('2000-01-01'))`;

/** Fills a staging table with `routes` rows of one day. */
export async function stage(
  house: MysqlHouse,
  day: string,
  routes = 3,
  table = `daily_routes_${day.replaceAll('-', '')}`,
): Promise<string> {
  const rows = Array.from({ length: routes }, (_, at) => `('${day}', 'R${at + 1}', ${(at + 1) * 10})`);
  await house.run(`
    create table staging.${table} like gold.daily_routes;
    alter table staging.${table} remove partitioning;
    insert into staging.${table} values ${rows.join(', ')}`);
  return `staging.${table}`;
}

/** Measures a candidate's version; a failure ends the test. */
export async function versionOf(warehouse: Warehouse, ref: string): Promise<string> {
  const measured = await warehouse.measure({ ref, statements: [] });
  if (measured.status !== 'success') throw new Error(measured.reason);
  return measured.value.version;
}

/** Publishes what the staging table holds now. */
export async function publishNow(
  warehouse: Warehouse,
  ref: string,
  token: string,
  partition = 'flight_date=2001-01-01',
  target = 'gold.daily_routes',
): Promise<PublishOutcome> {
  const version = await versionOf(warehouse, ref);
  return warehouse.publish({ token, target, partition, candidate: { kind: 'table', ref, version } });
}

/** Whether what is published there bears that token. */
export async function bears(
  warehouse: Warehouse,
  target: string,
  partition: string,
  token: string,
): Promise<boolean> {
  const asked = { kind: 'publish', token, target, partition, candidate: null, undoes: null } as const;
  return (await warehouse.conclude({ ...asked, over: false })).status === 'published';
}
