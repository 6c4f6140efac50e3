import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { emptyDatabase } from '#test/support/database.ts';
import { postgresWarehouse } from '#adapters/postgres/warehouse.ts';
import type { PublishOutcome, Warehouse } from '#model/ports.ts';

/** A warehouse of its own for one test, and a connection that plays the pipelines and the readers. */
export interface TestWarehouse {
  readonly url: string;
  readonly warehouse: Warehouse;
  /** The same, but it waits for no lock. */
  readonly impatient: Warehouse;
  readonly admin: Client;
  run(text: string): Promise<void>;
  /** The first column of the rows, as text. */
  values(text: string): Promise<(string | null)[]>;
  /** Another connection, for what happens at the same time. */
  connect(): Promise<Client>;
  /** Creates a role that ends with the test; gives its name. */
  role(options?: string): Promise<string>;
}

export async function testWarehouse(t: TestContext): Promise<TestWarehouse> {
  const url = await emptyDatabase(t);
  const clients: Client[] = [];
  const roles: string[] = [];
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const admin = await connect();
  const warehouse = postgresWarehouse({ name: 'warehouse', url });
  const impatient = postgresWarehouse({ name: 'warehouse', url, lockTimeoutMs: 100 });
  t.after(async () => {
    await warehouse.close();
    await impatient.close();
    for (const role of roles) await admin.query(`drop owned by ${role} cascade; drop role ${role}`);
    for (const client of clients) await client.end();
  });
  await admin.query('create schema gold; create schema staging');
  return {
    url,
    warehouse,
    impatient,
    admin,
    connect,
    async role(options = 'login') {
      const role = `role_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
      await admin.query(`create role ${role} ${options}`);
      roles.push(role);
      return role;
    },
    run: async (text) => void (await admin.query(text)),
    values: async (text) => {
      const { rows } = await admin.query<(string | number | boolean | null)[]>({ text, rowMode: 'array' });
      return rows.map(([value]) => (value === null || value === undefined ? null : String(value)));
    },
  };
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

/** The gold table of the tests: routes by day. */
export const ROUTES = `
  create table gold.daily_routes (flight_date date not null, route text not null, flights integer not null)
  partition by list (flight_date)`;

/** Fills a staging table with `routes` rows of one day. */
export async function stage(
  house: TestWarehouse,
  day: string,
  routes = 3,
  table = `daily_routes_${day.replaceAll('-', '')}`,
): Promise<string> {
  await house.run(`
    create table staging.${table} (like gold.daily_routes including all);
    insert into staging.${table} select '${day}', 'R' || n, n * 10 from generate_series(1, ${routes}) n`);
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
