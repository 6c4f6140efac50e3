import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerContractRoutes } from '#api/contracts.ts';
import { registerGateRoutes } from '#api/gates.ts';
import { ContractFolder } from '#collector/contract-folder.ts';
import { stage } from '#test/adapters/postgres/warehouse.ts';
import { CONTRACT, testGate, type TestGate } from '#test/gate/gate.ts';

interface ContractBody {
  readonly detail?: string;
  readonly dataset?: string;
  readonly version?: string;
  readonly changed?: boolean;
  readonly owner?: string;
  readonly dialect?: string;
  readonly datasets?: readonly { readonly dataset: string; readonly changed: boolean }[];
  readonly checks?: readonly { readonly text: string }[];
  readonly notRun?: readonly { readonly text: string; readonly reason: string }[];
  readonly lastError?: LastError | null;
  readonly contractError?: LastError | null;
  readonly contract?: { readonly version: string; readonly lastError: LastError | null };
  readonly items?: readonly { readonly fileName: string; readonly datasetIds: readonly string[] }[];
}

interface LastError {
  readonly fileName: string;
  readonly errors: readonly { readonly line: number; readonly column: number; readonly message: string }[];
}

interface Answer {
  readonly status: number;
  readonly body: ContractBody;
}

const ODCS = `apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
team: {members: [{username: ann, role: owner}]}
schema:
  - name: orders
    physicalName: gold.orders
    quality:
      - {metric: rowCount, mustBeGreaterThan: 0}
      - {type: text, description: Ask Ann before you use it}
  - name: lines
    properties:
      - {name: id, logicalType: string, primaryKey: true}
`;

async function api(
  t: TestContext,
  gate: TestGate,
): Promise<(method: 'GET' | 'POST', url: string, body?: object) => Promise<Answer>> {
  const app = Fastify();
  answerProblems(app);
  registerContractRoutes(app, gate.services);
  registerGateRoutes(app, gate.services);
  await app.ready();
  t.after(() => app.close());
  return async (method, url, body) => {
    const answer = await app.inject({ method, url: `/api/v2${url}`, ...(body && { payload: body }) });
    return { status: answer.statusCode, body: answer.json<ContractBody>() };
  };
}

test('an ODCS file stores a contract for each of its datasets, found by either name', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const pushed = await call('POST', '/contracts', { text: ODCS, fileName: 'shop.odcs.yaml' });
  assert.equal(pushed.status, 201);
  assert.deepEqual(
    pushed.body.datasets?.map(({ dataset, changed }) => [dataset, changed]),
    [
      ['gold.orders', true],
      ['lines', true],
    ],
  );
  assert.equal((await call('POST', '/contracts', { text: ODCS })).status, 200);
  for (const name of ['gold.orders', 'orders']) {
    const { body } = await call('GET', `/contracts/${name}`);
    assert.deepEqual(
      [body.dataset, body.version, body.owner, body.dialect, body.checks?.map(({ text }) => text)],
      ['gold.orders', '1.0.0', 'ann', 'odcs', ['row_count > 0']],
    );
    assert.deepEqual(
      body.notRun?.map(({ text, reason }) => [text, reason]),
      [['Ask Ann before you use it', 'These are words for people.']],
    );
  }
  const { body: lines } = await call('GET', '/contracts/lines');
  assert.deepEqual(
    lines.checks?.map(({ text }) => text),
    ['unique(id)', 'null_count(id) = 0'],
  );
  // All or nothing: one dataset that contradicts what is stored holds back the whole file.
  const other = ODCS.replace('mustBeGreaterThan: 0', 'mustBeGreaterThan: 5').replace(
    'name: lines',
    'name: rows',
  );
  assert.equal((await call('POST', '/contracts', { text: other })).status, 409);
  assert.equal((await call('GET', '/contracts/rows')).status, 404);
  const none = await call('POST', '/contracts', { text: ODCS.slice(0, ODCS.indexOf('schema:')) });
  assert.deepEqual(
    [none.status, none.body.detail],
    [422, 'contract.yaml describes no dataset; add a schema object.'],
  );
});

test('a push that is refused leaves the last good version in force, and is shown with its place until one is taken', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const dataset = encodeURIComponent('gold.daily_routes');
  const broken = CONTRACT.replace('1.0.0', '1.1.0').replace('sum(flights) > 0', 'sum(flights) >> 0');
  assert.equal((await call('POST', '/contracts', { text: broken, fileName: 'routes.yaml' })).status, 422);
  const { body } = await call('GET', `/contracts/${dataset}`);
  assert.equal(body.version, '1.0.0');
  assert.equal(body.lastError?.fileName, 'routes.yaml');
  assert.deepEqual(
    body.lastError?.errors.map(({ line, column }) => [line, column]),
    [[10, 26]],
  );

  // The gate goes on by the version in force, and says so.
  const ref = await stage(gate.house, '2001-01-01', 3);
  const order = { partition: 'flight_date=2001-01-01', candidate: { kind: 'table', ref } };
  const evaluated = await call('POST', `/gates/${dataset}/evaluations`, order);
  assert.equal(evaluated.status, 201);
  assert.equal(evaluated.body.contract?.version, '1.0.0');
  assert.match(evaluated.body.contract?.lastError?.errors[0]?.message ?? '', /comparison signs/);

  const decision = await call('GET', `/gates/${dataset}/decision?partition=flight_date%3D2001-01-01`);
  assert.equal(decision.body.contractError?.fileName, 'routes.yaml');

  // Also when the YAML itself is broken, or another text stands under the version.
  for (const text of [`${CONTRACT}gate: [`, CONTRACT.replace('1 and 5', '1 and 6')]) {
    assert.ok((await call('POST', '/contracts', { text, fileName: 'elsewhere.yaml' })).status >= 409);
    assert.equal((await call('GET', `/contracts/${dataset}`)).body.lastError?.fileName, 'elsewhere.yaml');
  }
  assert.deepEqual(
    (await call('GET', '/contracts/errors')).body.items?.map(({ fileName, datasetIds }) => [
      fileName,
      datasetIds.length,
    ]),
    [
      ['elsewhere.yaml', 1],
      ['routes.yaml', 1],
    ],
  );
  const good = CONTRACT.replace('1.0.0', '1.2.0');
  assert.equal((await call('POST', '/contracts', { text: good, fileName: 'routes.yaml' })).status, 201);
  assert.equal((await call('GET', `/contracts/${dataset}`)).body.lastError, null);
  assert.deepEqual((await call('GET', '/contracts/errors')).body.items, []);
});

test('a folder of contracts is read at once and when a file changes; a broken file changes nothing', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const folder = await mkdtemp(join(tmpdir(), 'assay-contracts-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const logged: string[] = [];
  const log = (_: object, message: string): number => logged.push(message);
  const watched = new ContractFolder({
    folder,
    gate: gate.services,
    now: () => new Date(),
    log: { info: log, warn: log, error: log } as never,
    every: 3_600_000,
  });
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const version = async (): Promise<string | undefined> => (await call('GET', '/contracts/a')).body.version;
  await write('a.yaml', 'dataset: a\nowner: b\nversion: "1.0.0"\n');
  await write('notes.txt', 'no contract');
  await watched.start();
  t.after(() => watched.stop());
  assert.equal(await version(), '1.0.0');
  await write('a.yaml', 'dataset: a\nowner: b\nversion: "1.1.0"\nqualty: []\n');
  await watched.look();
  await watched.look();
  const { body } = await call('GET', '/contracts/a');
  assert.deepEqual(
    [body.version, body.lastError?.fileName, body.lastError?.errors[0]?.line],
    ['1.0.0', 'a.yaml', 4],
  );
  await write('a.yaml', 'dataset: a\nowner: b\nversion: "1.1.0"\n# mended\n');
  await watched.look();
  assert.equal(await version(), '1.1.0');
  assert.equal((await call('GET', '/contracts/a')).body.lastError, null);
  assert.deepEqual(
    logged.map((message) => message.split(',')[0]),
    ['a contract was taken', 'a contract was refused', 'a contract was taken'],
  );
  // What is no contract at all stops none of those after it.
  const strange: readonly (readonly [string, string | Buffer, RegExp])[] = [
    [
      'b.yaml',
      Buffer.from('dataset: caf\u00e9\nowner: x\n', 'latin1'),
      /b\.yaml:1:13: The file is no text in UTF-8/,
    ],
    ['c.yaml', 'dataset: a\u0000b\nowner: x\n', /c\.yaml:1:11: A NUL stands here/],
    ['d.yaml', 'dataset: "a\\0b"\nowner: x\n', /d\.yaml:1:10: A character here cannot be stored/],
    ['e.yaml', 'dataset: "a\\ud800b"\nowner: x\n', /e\.yaml:1:10: A character here cannot be stored/],
    ['f.yaml', '[ '.repeat(20_000), /nested too deeply/],
    ['g.yaml', `dataset: g\nowner: x\n#${'x'.repeat(1_100_000)}`, /characters, a contract at most 1000000/],
    ['h.yaml', '', /holds no contract/],
  ];
  for (const [name, text] of strange) await writeFile(join(folder, name), text);
  await write('z.yaml', 'dataset: z\nowner: b\nversion: "1.0.0"\n');
  const before = logged.length;
  await watched.look();
  await watched.look();
  const told = logged.splice(before);
  assert.deepEqual(told.length, strange.length + 1, told.join('\n'));
  for (const [index, [name, , message]] of strange.entries()) assert.match(told[index] ?? '', message, name);
  assert.equal((await call('GET', '/contracts/z')).body.version, '1.0.0');
  const refused = async (): Promise<number | undefined> =>
    (await call('GET', '/contracts/errors')).body.items?.length;
  assert.equal(await refused(), strange.length);
  // What was wrong with a file goes with it.
  await rm(join(folder, 'h.yaml'));
  await watched.look();
  assert.equal(await refused(), strange.length - 1);
  await rm(folder, { recursive: true });
  await watched.look();
  await watched.look();
  assert.match(logged.at(-1) ?? '', /^the contracts folder cannot be read/);
  assert.equal(logged.length, 4);
});
