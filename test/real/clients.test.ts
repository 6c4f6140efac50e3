import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { jarsPart, missingOf, pythonPart } from '#test/support/installed-parts.ts';
import type { Trouble } from '#test/support/recording-proxy.ts';
import { runProgram } from '#test/support/run-program.ts';
import { listeningAssay, type ListeningAssay } from '#test/support/stored-lineage.ts';

// The official clients themselves send what clients/emit.py and clients/Emit.java say, over a line on which
// some requests are refused and some answers are lost.

const FOLDER = join(import.meta.dirname, 'clients');
const RUNS = 25;
/** With what emit.py sends of a dataset and a job alone. */
const STATIC_EVENTS = 2;

const python = pythonPart('test/real/clients/requirements.txt');
const jars = jarsPart('test/real/clients/pom.xml');

/** Refuses each seventh request, and loses the answer to each eleventh. */
const troubled = (number: number): Trouble =>
  number % 11 === 0 ? 'lost' : number % 7 === 0 ? 'busy' : 'none';
/** This client sends nothing again whose answer was lost. */
const refusing = (number: number): Trouble => (number % 7 === 0 ? 'busy' : 'none');

for (const [type, compression] of [
  ['http', null],
  ['http', 'gzip'],
  ['async_http', null],
  ['async_http', 'gzip'],
] as const) {
  test(
    `openlineage-python, ${type}${compression ? `, ${compression}` : ''}`,
    { skip: python.missing },
    async (t) => {
      const assay = await listeningAssay(t, troubled);
      const transport = { type, url: assay.url, ...(compression && { compression }) };
      const args = [join(FOLDER, 'emit.py'), JSON.stringify(transport), String(RUNS)];
      const { code, output } = await runProgram(join(python.bin, 'python'), args);
      assert.equal(code, 0, output);
      sentWith(assay, 'content-encoding', compression ?? undefined);
      const delivered = assay.exchanges.filter(({ status }) => status !== 503);
      assert.ok(delivered.length > RUNS * 2 + STATIC_EVENTS, 'what lost its answer was sent again');
      await everythingIsStored(t, assay, RUNS * 2 + STATIC_EVENTS);
      await t.test('a job alone makes lineage from what the runs write', async () => {
        assert.deepEqual(await assay.edges('orders'), [
          'emitted -> planned by planned',
          'orders -> emitted by emitted',
        ]);
      });
    },
  );
}

for (const compression of ['plain', 'gzip']) {
  test(`openlineage-java, http, ${compression}`, { skip: missingOf(jars) }, async (t) => {
    const assay = await listeningAssay(t, refusing);
    const args = [
      '-cp',
      join(jars.folder, '*'),
      join(FOLDER, 'Emit.java'),
      assay.url,
      String(RUNS),
      compression,
    ];
    const { code, output } = await runProgram('java', args);
    assert.equal(code, 0, output);
    sentWith(assay, 'content-encoding', compression === 'gzip' ? 'gzip' : undefined);
    sentWith(assay, 'transfer-encoding', compression === 'gzip' ? 'chunked' : undefined);
    await everythingIsStored(t, assay, RUNS * 2);
  });
}

/** Every request bears the header so: the client really sent what the test is about. */
function sentWith(assay: ListeningAssay, header: string, value: string | undefined): void {
  assert.deepEqual(new Set(assay.exchanges.map(({ headers }) => headers[header])), new Set([value]));
}

async function everythingIsStored(t: TestContext, assay: ListeningAssay, events: number): Promise<void> {
  await t.test('each event is acknowledged and stored once, however often it was sent', async () => {
    assert.deepEqual(
      new Set(assay.exchanges.map(({ status }) => status).filter((status) => status > 0)),
      new Set([201, 503]),
    );
    const bodies = (stored: boolean): Set<string> =>
      new Set(assay.exchanges.filter(({ status }) => !stored || status !== 503).map(({ body }) => body));
    assert.equal(bodies(true).size, events);
    assert.deepEqual(bodies(true), bodies(false), 'what was refused came through later');
    assert.equal(await assay.events(), events);
    assert.equal(await assay.quarantined(), 0);
    assert.deepEqual(await assay.warnings(), []);
  });

  const days = Array.from({ length: RUNS }, (_, i) => ({
    day: new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10),
    rows: 1000 + i,
    fails: i % 5 === 4,
    i,
  }));

  await t.test('each run has the state that the client gave it', async () => {
    const runs = await assay.runs();
    const found = runs.map(({ job, state, attempts, events: count, startMissing, nominalStart, error }) => ({
      job,
      state,
      attempts,
      count,
      startMissing,
      start: nominalStart ?? '',
      error,
    }));
    assert.deepEqual(
      found.sort((a, b) => a.start.localeCompare(b.start)),
      days.map(({ day, fails, i }) => ({
        job: 'emitted',
        state: fails ? 'FAILED' : 'COMPLETED',
        attempts: 1,
        count: 2,
        startMissing: false,
        start: `${day}T00:00:00Z`,
        error: fails ? `day ${i} is bad` : null,
      })),
    );
  });

  await t.test('each day is a partition with its rows, but not those of a run that failed', async () => {
    const written = (await assay.mentions()).filter(({ role }) => role === 'output');
    assert.deepEqual(
      written.map(({ namespace, dataset, partition, statistics }) => ({
        dataset: `${namespace} ${dataset}`,
        partition,
        rows: statistics['row_count'],
      })),
      days.map(({ day, rows }) => ({
        dataset: 's3://lake emitted',
        partition: `dt=${day}`,
        rows: [rows, 'output_statistics'],
      })),
    );
    const { id } = await assay.dataset('emitted');
    const { points } = (await assay.get(`/api/v2/datasets/${id}/series`)) as {
      points: { partition: string; value: number | null }[];
    };
    assert.deepEqual(
      points.filter(({ value }) => value !== null).map(({ partition, value }) => [partition, value]),
      days.filter(({ fails }) => !fails).map(({ day, rows }) => [`dt=${day}`, rows]),
    );
  });

  await t.test('columns and their lineage are those of the facets', async () => {
    const { columns } = await assay.dataset('emitted');
    assert.deepEqual(
      columns.map(({ name, type }) => [name, type]),
      [
        ['id', 'bigint'],
        ['größe', 'double'],
      ],
    );
    assert.deepEqual(await assay.columnEdges(), ['orders.order_id -> emitted.id DIRECT:IDENTITY']);
  });
}
