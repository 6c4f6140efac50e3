import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { contentId } from '#model/ids.ts';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { ingestApp } from '#test/support/ingest-app.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';
import { noShared } from '#test/support/shared-data.ts';

interface Border {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
}

async function border(t: TestContext): Promise<Border> {
  const database = await testDatabase(t);
  return { database, app: (await ingestApp(t, database)).app };
}

interface Answer {
  readonly status: string;
  readonly id: string;
}

/**
 * Sends bytes at once and checks what must hold whatever they are: an answer that is no fault of ours; what
 * is acknowledged is in the raw log or, where projecting it failed, in quarantine; what is refused is there.
 */
async function send({ app, database }: Border, ...bodies: readonly Buffer[]): Promise<Answer[]> {
  const answers = await Promise.all(
    bodies.map(async (bytes): Promise<Answer> => {
      const response = await app.inject({ method: 'POST', url: '/api/v1/lineage', payload: bytes });
      const shown = bytes.toString('latin1').slice(0, 400);
      if (response.statusCode === 201) return response.json<Answer>();
      assert.equal(response.statusCode, 400, `${response.body} for ${shown}`);
      return { status: 'refused', id: contentId(bytes) };
    }),
  );
  const kept = await database.rows<{ id: string; logged: boolean; aside: boolean }>(sql`
    select id, exists (select from raw_event e where e.id = t.id) as logged,
           exists (select from quarantine q where q.id = t.id) as aside
      from unnest(${answers.map(({ id }) => id)}::uuid[]) as t(id)`);
  const placeOf = new Map(kept.map((row) => [row.id, row]));
  answers.forEach(({ status, id }, index) => {
    const place = placeOf.get(id);
    assert(
      status === 'accepted' ? place?.logged : place?.aside,
      `lost: ${bodies[index]?.toString('latin1').slice(0, 400)}`,
    );
  });
  return answers;
}

const RUN = '018cc251-f400-717f-9d98-c0f82845ea48';
const SAMPLE = sampleEvent({
  runId: RUN,
  type: 'COMPLETE',
  time: '2026-01-01T00:00:00Z',
  runFacets: {
    nominalTime: facet({ nominalStartTime: '2026-01-01T00:00:00Z', nominalEndTime: '2026-01-02T00:00:00Z' }),
    parent: facet({ run: { runId: 'p' }, job: { namespace: 'n', name: 'dag' } }),
    errorMessage: facet({ message: 'no space', programmingLanguage: 'JVM' }),
  },
  inputs: [
    {
      namespace: 's3://bucket',
      name: 'raw/t/dt=2026-01-01',
      facets: { version: facet({ datasetVersion: '1' }) },
    },
  ],
  outputs: [
    outputWithRows('t', 3, { partition: { dt: '2026-01-01' }, schema: ['a', 'b'] }),
    {
      namespace: 's3://bucket',
      name: 'u',
      facets: {
        columnLineage: facet({ fields: { x: { inputFields: [{ namespace: 'n', name: 't', field: 'y' }] } } }),
        symlinks: facet({ identifiers: [{ namespace: 'hive://h:9083', name: 'db.u', type: 'TABLE' }] }),
        tags: facet({ tags: [{ key: 'pii', value: 'yes', field: 'x' }] }),
      },
      inputFacets: {
        dataQualityMetrics: facet({ rowCount: 1, columnMetrics: { x: { nullCount: 1, min: 0, max: 2.5 } } }),
        dataQualityAssertions: facet({
          assertions: [{ assertion: 'not_null', success: false, column: 'x' }],
        }),
      },
    },
  ],
});

/** What a producer gone wrong might put in the place of any value. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  -0,
  1e21,
  '',
  ' ',
  'x'.repeat(70_000),
  '\u0000',
  'a\u0000b',
  '\uD800',
  '\uDFFF\uD800',
  '__proto__',
  'constructor',
  "'; drop table run; --",
  '\\',
  '\u202Etxt',
  '9999-12-31T23:59:59.999999999Z',
  '0000-00-00T00:00:00Z',
  [],
  {},
  [[[]]],
  [null],
  { _deleted: true },
  { '\u0000': '\u0000' },
  JSON.parse('{"__proto__": {"polluted": true}}'),
];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** The text of a document in which another value stands at a path. */
function replaced(document: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document))
    return document.map((element, index) =>
      String(index) === key ? replaced(element, rest, value) : element,
    );
  return Object.fromEntries(
    Object.entries(document as object).map(([name, inner]) => [
      name,
      name === key ? replaced(inner, rest, value) : inner,
    ]),
  );
}

describe('whatever arrives, the border answers and loses nothing', () => {
  test('any value of an event replaced by any odd one', async (t) => {
    const place = await border(t);
    const document = JSON.parse(SAMPLE.toString()) as unknown;
    const statuses = new Map<string, number>();
    for (const path of pathsOf(document)) {
      const bodies = ODD.map((odd) => Buffer.from(JSON.stringify(replaced(document, path, odd))));
      for (const { status } of await send(place, ...bodies))
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert((statuses.get('accepted') ?? 0) > 1000, 'a bad facet is no reason to refuse an event');
    assert((statuses.get('refused') ?? 0) > 50, 'an event without identity is refused');
    const failed = await place.database.rows(sql`
      select problems->0->>'detail' as detail, count(*)::integer as events from quarantine where reason = 'projection_failed' group by 1`);
    assert.deepEqual(failed, [], 'an event whose envelope is sound can be projected');
    assert.equal(statuses.get('quarantined') ?? 0, 0);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  test('texts that JSON.stringify would not make', async (t) => {
    const place = await border(t);
    const at = (text: string): Buffer =>
      Buffer.from(SAMPLE.toString().replace('"producer":', `${text},"producer":`));
    const deep = (depth: number): string => `${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`;
    const texts = [
      '"x":1e400',
      '"x":-1e-400',
      `"x":${'9'.repeat(5000)}`,
      '"x":0.1e+0000000000000000000001',
      '"x":"\\uD800"',
      '"x":"\\u0000"',
      '"eventType":"FAIL","eventType":"COMPLETE"',
      '"run":{"runId":"a"},"run":{"runId":"b"}',
      '"__proto__":{"polluted":true}',
      '"constructor":{"prototype":{"polluted":true}}',
      `"x":${deep(60)}`,
      `"x":${deep(5000)}`,
      `"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      '"x":nul',
      '"x":01',
      '"x":+1',
      '"x":.5',
      '"x":"\u0007"',
      '"x":\'y\'',
      '/* no */ "x":1',
      '"x":1,',
    ];
    await send(place, ...texts.map(at));
    await send(
      place,
      Buffer.alloc(0),
      Buffer.from([0xff, 0xfe, 0x7b]),
      Buffer.from([0]),
      Buffer.concat([Buffer.from('\uFEFF'), SAMPLE]),
      Buffer.concat([SAMPLE, SAMPLE]),
      Buffer.from('null'),
      Buffer.from('"text"'),
      Buffer.from('[]'),
    );
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  test(
    'recorded events with bytes changed, cut out, doubled and cut off',
    { skip: noShared() },
    async (t) => {
      const place = await border(t);
      const recorded = recordedEvents().map((event) => event.bytes);
      const mutations = fc.array(
        fc.record({
          kind: fc.constantFrom('change', 'remove', 'double', 'cut'),
          at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          byte: fc.integer({ min: 0, max: 255 }),
          length: fc.integer({ min: 1, max: 40 }),
        }),
        { minLength: 1, maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...recorded), mutations, async (event, changes) => {
          let bytes = Buffer.from(event);
          for (const { kind, at, byte, length } of changes) {
            const place = Math.floor(at * bytes.length);
            const [before, after] = [bytes.subarray(0, place), bytes.subarray(place + length)];
            if (kind === 'change')
              bytes = Buffer.concat([before, Buffer.from([byte]), bytes.subarray(place + 1)]);
            else if (kind === 'remove') bytes = Buffer.concat([before, after]);
            else if (kind === 'double')
              bytes = Buffer.concat([before, bytes.subarray(place, place + length), bytes.subarray(place)]);
            else bytes = before;
          }
          await send(place, bytes);
        }),
        { numRuns: 400, endOnFailure: true },
      );
    },
  );
});
