import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { openDatabase, type Database } from '#store/database.ts';
import { ddl, identifier } from '#store/ddl.ts';
import type { Statement } from '#store/sql.ts';
import { SERVER_VARIABLE, startTestServer, TEMPLATE } from './test-server.ts';

/** A database of one test's own. */
export interface TestDatabase extends Database {
  readonly url: string;
}

let made = 0;
let lazy: Promise<void> | undefined;

/**
 * A real database with the current schema, for this test alone. It is closed and dropped after all of the
 * test's own `t.after` hooks, so a test just closes what it opened, in any order.
 */
export async function testDatabase(t: TestContext): Promise<TestDatabase> {
  const { url, drop } = await newDatabase(TEMPLATE);
  const database = openDatabase({ url });
  afterAll(t, async () => {
    await database.close();
    await drop();
  });
  return { ...database, url };
}

/** URL of a database without any schema, for this test alone: a warehouse, or migrations themselves. */
export async function emptyDatabase(t: TestContext): Promise<string> {
  const { url, drop } = await newDatabase('template1');
  afterAll(t, drop);
  return url;
}

/** Hooks run in the order in which they were given; one given by a hook runs after all the others. */
function afterAll(t: TestContext, work: () => Promise<void>): void {
  t.after(() => t.after(work));
}

async function newDatabase(template: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = await serverUrl();
  made += 1;
  const name = `test_${process.pid}_${made}`;
  await onServer(server, ddl`create database ${identifier(name)} template ${identifier(template)}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    // By force: a pool that a failed test left open must not keep the run from ending.
    drop: () => onServer(server, ddl`drop database if exists ${identifier(name)} with (force)`),
  };
}

/** The run's server; a single file run by plain `node --test` starts one of its own. */
async function serverUrl(): Promise<string> {
  if (process.env[SERVER_VARIABLE] === undefined) await (lazy ??= startLazily());
  return process.env[SERVER_VARIABLE] ?? '';
}

async function startLazily(): Promise<void> {
  const server = await startTestServer();
  process.once('beforeExit', () => void server.stop());
}

async function onServer(url: string, statement: Statement): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement.text);
  } finally {
    await client.end();
  }
}
