import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { startEmbedded } from '#store/embedded/start-embedded.ts';

/** The PostgreSQL that a benchmark runs on: the product's own, on a folder that is removed afterwards. */
export interface BenchCluster {
  readonly folder: string;
  readonly pid: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Makes a database and returns its URL. */
  database(name: string): Promise<string>;
  query<T extends QueryResultRow>(text: string): Promise<T[]>;
  /** Writes everything to disk, so that no measurement pays for the one before. */
  checkpoint(): Promise<void>;
  /** Bytes of write-ahead log written so far. */
  walBytes(): Promise<number>;
  stop(): Promise<void>;
}

const SHOWN = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_compression',
  'default_toast_compression',
  'shared_buffers',
  'max_wal_size',
  'autovacuum',
];

/** What a durable acknowledgement rests on. A benchmark refuses to run without. */
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'];

/**
 * Starts the embedded PostgreSQL in `folder`, which must be on a disk.
 * @param statistics whether each statement's time is recorded (pg_stat_statements).
 */
export async function startCluster(folder: string, statistics: boolean): Promise<BenchCluster> {
  rmSync(folder, { recursive: true, force: true });
  let server = await startEmbedded({ dataDir: folder });
  if (statistics) {
    const client = await connect(server.url('postgres'));
    await client.query("alter system set shared_preload_libraries = 'pg_stat_statements'");
    await client.end();
    await server.stop();
    server = await startEmbedded({ dataDir: folder });
  }
  const admin = await connect(server.url('postgres'));
  if (statistics) await admin.query('create extension pg_stat_statements');
  const query = async <T extends QueryResultRow>(text: string): Promise<T[]> =>
    (await admin.query<T>(text)).rows;
  const settings: Record<string, string> = {};
  for (const { name, setting } of await query<{ name: string; setting: string }>(
    `select name, current_setting(name) as setting from unnest(array['${SHOWN.join("','")}']) name`,
  )) {
    settings[name] = setting;
  }
  const unsafe = DURABLE.filter((name) => settings[name] !== 'on');
  if (unsafe.length > 0)
    throw new Error(
      `PostgreSQL runs with ${unsafe.join(', ')} off; figures without durability mean nothing.`,
    );
  return {
    folder,
    pid: server.pid,
    settings,
    query,
    async database(name) {
      await server.createDatabase(name);
      return server.url(name);
    },
    checkpoint: async () => void (await admin.query('checkpoint')),
    walBytes: async () =>
      Number(
        (await query<{ bytes: string }>("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes"))[0]
          ?.bytes,
      ),
    async stop() {
      await admin.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A connection of its own. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** The folder that benchmarks use, below the checkout: the system's temporary folder may be memory. */
export function benchFolder(): string {
  return join(import.meta.dirname, '..', '..', '.assay', `bench-${process.pid}`);
}

/** Bytes of all tables of a database with their indexes and TOAST, the system's own left out. */
export async function tableBytes(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(`
    select coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'`);
  return Number(rows[0]?.bytes);
}
