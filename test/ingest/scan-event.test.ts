import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { readByParsing, readEnvelope } from '#ingest/envelope.ts';
import { normalise } from '#ingest/normalise/normalise.ts';
import { scanEvent } from '#ingest/scan-event.ts';
import { EventGenerator } from '#test/bench/ingest/event-generator.ts';
import { facet, outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

/** What an event adds, with lazily read contents read. */
function deltaOf(result: ReturnType<typeof readEnvelope>): unknown {
  if (!result.event) return result;
  const { standing, ...delta } = normalise(result.event);
  if (standing) {
    // It stands for these very lists.
    const { recurs, ...lists } = standing;
    assert(recurs);
    for (const [name, list] of Object.entries(lists)) assert.equal(list, delta[name as keyof typeof lists]);
  }
  return {
    ...delta,
    schemas: delta.schemas.map(({ datasetId, content }) => ({
      datasetId,
      id: content.id,
      fields: content.fields,
    })),
    facets: delta.facets.map(({ set, ids, contents }) => ({
      set,
      ids,
      contents: contents.map(({ id, body }) => ({ id, body: body() })),
    })),
    lineages: delta.lineages.map(({ jobId, content }) => ({
      jobId,
      id: content.id,
      columns: [...content.columns],
    })),
  };
}

/** The fast way may pass on an event, but what it accepts means what the ordinary way makes of it. */
function assertAgree(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false; // refused before either way
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const ordinary = readByParsing(bytes, text, bytes.includes('\\u0000'));
  assert.deepEqual(deltaOf(readEnvelope(bytes)), deltaOf(ordinary), text);
  return scanEvent(bytes) !== null;
}

const RUN = '018cc251-f400-717f-9d98-c0f82845ea48';
const SAMPLE = sampleEvent({
  runId: RUN,
  type: 'COMPLETE',
  time: '2026-01-01T00:00:00Z',
  runFacets: {
    nominalTime: facet({ nominalStartTime: '2026-01-01T00:00:00Z' }),
    parent: facet({ run: { runId: 'p' }, job: { namespace: 'n', name: 'dag' } }),
    'spark.logicalPlan': facet({ plan: [{ a: [1, -2.5e-3, true, false, null, 'x\\"\u00e9', {}] }, []] }),
    odd: 'text',
  },
  inputs: [{ namespace: 'n', name: 'é "quoted"', facets: null }],
  outputs: [
    outputWithRows('t', 3, { partition: { dt: '2026-01-01' }, schema: ['a', 'b'] }),
    {
      namespace: 's3://b',
      name: 'u/dt=2026-01-01',
      facets: {
        columnLineage: facet({ fields: { x: { inputFields: [{ namespace: 'n', name: 't', field: 'y' }] } } }),
      },
    },
  ],
});

describe('the fast reader', () => {
  test('reads generated events of every size, and means the same', () => {
    const generator = new EventGenerator({ seed: 7, jobs: 40, startAt: Date.parse('2026-01-01T00:00:00Z') });
    for (let n = 0; n < 200; n += 1)
      assert(assertAgree(generator.event(n, 'warm')), `event ${n} was not read fast`);
  });

  test('reads a sample with every kind of value, compact and spaced', () => {
    assert(assertAgree(SAMPLE));
    assert(assertAgree(Buffer.from(JSON.stringify(JSON.parse(SAMPLE.toString()), null, 2))));
  });

  test('passes on what is unusual, and broken events are refused with the same words', () => {
    const unusual = [
      '',
      ' ',
      '{}',
      '[]',
      'null',
      '{"eventTime":"2026-01-01T00:00:00Z"}',
      '{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":""}}',
      '{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j","facets":[]}}',
      '{"eventTime":"2026-01-01T00:00:00Z","\\u006aob":{"namespace":"n","name":"j"}}',
      '{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j","facets":{"__proto__":{"a":1}}}}',
      '\uFEFF{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j"}}',
      '{"eventTime":"today","job":{"namespace":"n","name":"j"}}',
      `{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j"},"x":${'['.repeat(500)}${']'.repeat(500)}}`,
    ];
    for (const text of unusual) assertAgree(Buffer.from(text));
    assert.equal(scanEvent(Buffer.from(unusual[8] ?? '')), null);
  });

  test('duplicate keys: the last one counts, here as there', () => {
    const twice =
      '{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"a"},"job":{"namespace":"n","name":"b","name":"c","facets":{"jobType":{"processingType":"BATCH"}},"facets":null}}';
    assert(assertAgree(Buffer.from(twice)));
  });

  test('a mutilated event is never accepted where JSON.parse refuses it, nor read otherwise', () => {
    const place = fc.nat(SAMPLE.length - 1);
    const byte = fc.oneof(
      fc.constantFrom(...Buffer.from('{}[]",:\\0123456789.eE+-tfnu \n\t\u0001')),
      fc.nat(127),
    );
    fc.assert(
      fc.property(place, fc.constantFrom('replace', 'insert', 'delete', 'cut'), byte, (at, how, value) => {
        const bytes =
          how === 'replace'
            ? Buffer.concat([SAMPLE.subarray(0, at), Buffer.from([value]), SAMPLE.subarray(at + 1)])
            : how === 'insert'
              ? Buffer.concat([SAMPLE.subarray(0, at), Buffer.from([value]), SAMPLE.subarray(at)])
              : how === 'delete'
                ? Buffer.concat([SAMPLE.subarray(0, at), SAMPLE.subarray(at + 1)])
                : SAMPLE.subarray(0, at);
        assertAgree(bytes);
      }),
      { numRuns: 4000 },
    );
  });

  test('facets of one owner and of runs that recur, change, come and go are read as if each were the first', () => {
    const value = fc.constantFrom(
      '{"_producer":"p","x":1}',
      '{"_producer":"p","x":12}',
      '{"_producer":"p","x":"é"}',
      '{ "_producer":"p"}',
      '{"fields":[{"name":"a","type":"int"}]}',
      '{"fields":[{"name":"b"}]}',
      '{"fields":7}',
      '{"_deleted":true}',
      '{}',
      'null',
      '1',
      '12',
      '"text"',
      '[{"a":1}]',
    );
    const key = fc.constantFrom(
      'schema',
      'ownership',
      'documentation',
      'own_facet',
      'constructor',
      'toString',
    );
    const object = fc
      .array(fc.tuple(key, value), { maxLength: 4 })
      .chain((members) => fc.tuple(fc.constant(members), fc.constantFrom('', '', '', ' ')))
      .map(([members, space]) => `{${members.map(([name, sent]) => `"${name}":${space}${sent}`).join(',')}}`);
    let owner = 0;
    fc.assert(
      fc.property(
        fc.array(object, { minLength: 2, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        (variants, turns) => {
          owner += 1;
          let read = 0;
          for (let turn = 0; turn < 14; turn += 1) {
            const facets = variants[(turns.next().value ?? 0) % variants.length] ?? '{}';
            const dataset = `{"namespace":"n","name":"recurring ${owner}","facets":${facets}}`;
            const event = `{"eventTime":"2026-01-01T00:00:00Z","run":{"runId":"${RUN}","facets":${facets}},"job":{"namespace":"n","name":"job ${owner}","facets":${facets}},"inputs":[${dataset}],"outputs":[${dataset}]}`;
            if (assertAgree(Buffer.from(event))) read += 1;
          }
          assert.ok(read > 0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('white space in a facet of runs is noticed however often it has come', () => {
    const event = (n: number, space: string): Buffer =>
      Buffer.from(
        `{"eventTime":"2026-01-01T00:00:0${n}Z","run":{"runId":"${RUN}","facets":{"engine":{"name":${space}"spark"}}},"job":{"namespace":"n","name":"j"}}`,
      );
    for (let n = 0; n < 8; n += 1)
      assert.equal(readEnvelope(event(n, ' ')).event?.id, readEnvelope(event(n, '')).event?.id);
  });

  test('a long number is no facet, however it is read', () => {
    for (const value of ['3338341982279688', '-33383419822796881', ' 33383419822796881234 '])
      assert(
        assertAgree(
          Buffer.from(
            `{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j","facets":{"x":${value}}}}`,
          ),
        ),
      );
  });

  test('any JSON in a facet nobody reads is skipped exactly', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n'), (value, space) => {
        const text = `{"eventTime":"2026-01-01T00:00:00Z",${space}"job":{"namespace":"n","name":"j","facets":{"x":${space}${value}${space}}}}`;
        assert(assertAgree(Buffer.from(text)));
      }),
    );
  });
});
