import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Database } from '#store/database.ts';
import { startEmbedded, type EmbeddedPostgres } from '#store/embedded/start-embedded.ts';
import { pidExists } from '#store/embedded/process-identity.ts';
import { sql } from '#store/sql.ts';
import { scratchFolder, startAssay, type RunningAssay } from '#test/support/assay-process.ts';
import { InsistentLoad } from '#test/support/insistent-load.ts';
import { startRelay, type PostgresRelay } from '#test/support/postgres-relay.ts';

const EVENTS = 2000;
const SENDERS = 16;
const PATIENCE = 90_000;

interface Place {
  readonly relay: PostgresRelay;
  readonly collect: () => Promise<RunningAssay>;
  readonly server: () => EmbeddedPostgres;
  /** Starts the server anew on its folder, after it has ended in whatever way. */
  readonly restart: () => Promise<void>;
  /** Straight to the server as it is now. */
  readonly database: () => Database;
}

async function place(t: TestContext, dataDir = scratchFolder(t)): Promise<Place> {
  let server = await startEmbedded({ dataDir });
  const relay = await startRelay(t, server.url('assay'));
  const open: Database[] = [];
  t.after(async () => {
    await Promise.all(open.map((database) => database.close()));
    await server.stop();
  });
  return {
    relay,
    collect: () => startAssay(t, { DATABASE_URL: relay.url(), ASSAY_DATA_DIR: scratchFolder(t) }),
    server: () => server,
    async restart() {
      await server.stop().catch(() => {});
      server = await startEmbedded({ dataDir });
      relay.lead(server.url('assay'));
    },
    database() {
      const database = openDatabase({ url: server.url('assay'), connections: 2 });
      open.push(database);
      return database;
    },
  };
}

/** A moment between the tenth and the ninetieth part of a load; another one at each run, told when a test fails. */
function moment(t: TestContext): number {
  const part = 0.1 + Math.random() * 0.8;
  t.diagnostic(`the fault comes after ${Math.round(part * EVENTS)} of ${EVENTS} events`);
  return Math.round(part * EVENTS);
}

test('connections to the store that break at any moment lose nothing', { timeout: 180_000 }, async (t) => {
  const { relay, collect, database } = await place(t);
  const { url } = await collect();
  const load = new InsistentLoad(EVENTS, () => [url]);
  const loading = load.run(SENDERS, PATIENCE);
  for (let cut = 1; cut <= 8; cut += 1) {
    await load.reached((EVENTS * cut) / 10);
    await sleep(Math.random() * 10);
    relay.cut();
  }
  await loading;
  assert((load.answers.get(503) ?? 0) > 0, 'no request met a broken connection');
  await load.verify(database());
});

test('a store that crashes and comes back during a load loses nothing', { timeout: 180_000 }, async (t) => {
  const { collect, server, restart, database } = await place(t);
  const { url } = await collect();
  const load = new InsistentLoad(EVENTS, () => [url]);
  const loading = load.run(SENDERS, PATIENCE);
  await load.reached(moment(t));
  const { pid } = server();
  process.kill(pid, 'SIGQUIT'); // the immediate shutdown: no checkpoint, as in a crash
  while (pidExists(pid)) await sleep(10);
  await restart();
  await loading;
  await load.verify(database());
});

test(
  'a store that runs into its timeouts answers 503 meanwhile and loses nothing',
  { timeout: 180_000 },
  async (t) => {
    const { relay, collect, database } = await place(t);
    const { url } = await collect();
    const operator = database();
    const load = new InsistentLoad(EVENTS, () => [url]);
    const loading = load.run(SENDERS, PATIENCE);
    await load.reached(moment(t));
    await operator.execute(sql`alter database assay set statement_timeout = '200ms'`);
    relay.cut(); // a setting of the database counts for new connections
    await operator.transaction(async (connection) => {
      await connection.execute(sql`lock table assay_model.run in access exclusive mode`);
      await sleep(1500);
    });
    await operator.execute(sql`alter database assay reset statement_timeout`);
    await loading;
    assert((load.answers.get(503) ?? 0) > 0, 'no statement met the timeout');
    await load.verify(database());
  },
);

test(
  'two collectors on one store, killed in turn, lose nothing and store nothing twice',
  { timeout: 180_000 },
  async (t) => {
    const { collect, database } = await place(t);
    const collectors = [await collect(), await collect()];
    const load = new InsistentLoad(EVENTS, () => collectors.map(({ url }) => url));
    const loading = load.run(SENDERS, PATIENCE);
    for (const [index, part] of [0.25, 0.55].entries()) {
      await load.reached(EVENTS * part);
      await sleep(Math.random() * 30);
      const { process: victim } = collectors[index] as RunningAssay;
      const gone = once(victim, 'exit');
      victim.kill('SIGKILL');
      await gone;
      collectors[index] = await collect();
    }
    await loading;
    await load.verify(database());
  },
);

const cannotMount = mountProblem();

test(
  'a full disk is answered with 503, and when there is room again nothing is missing',
  { timeout: 180_000, skip: cannotMount },
  async (t) => {
    const disk = mkdtempSync(join(tmpdir(), 'assay-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192m,mode=755', 'tmpfs', disk]);
    let there: Place | undefined;
    try {
      there = await place(t, join(disk, 'data'));
    } finally {
      // Given last, it runs last: the server is gone by then.
      t.after(() => {
        execFileSync('umount', ['-l', disk]);
        rmdirSync(disk);
      });
    }
    const ballast = join(disk, 'ballast');
    const { collect, server, restart, database } = there;
    const { url } = await collect();
    const load = new InsistentLoad(EVENTS, () => [url]);
    const loading = load.run(SENDERS, PATIENCE);
    await load.reached(EVENTS / 4);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize), { flush: false });
    const deadline = Date.now() + 30_000;
    while ((load.answers.get(503) ?? 0) < SENDERS && Date.now() < deadline) await sleep(20);
    assert((load.answers.get(503) ?? 0) > 0, `the disk did not fill: ${JSON.stringify([...load.answers])}`);
    rmSync(ballast);
    // Where the log of changes itself found no room, the server has ended.
    if (!pidExists(server().pid)) await restart();
    await loading;
    await load.verify(database());
  },
);

/** Why no small disk can be made here, or false. */
function mountProblem(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount a small disk';
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'this system lets nobody mount a small disk';
  }
}
