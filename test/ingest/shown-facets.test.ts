import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson, parseExactly } from '#ingest/canonical-json.ts';
import { readEnvelope } from '#ingest/envelope.ts';
import type { RawFacets } from '#ingest/envelope.ts';
import { checkRunFacets } from '#ingest/normalise/check-run-facets.ts';
import { Warnings } from '#ingest/normalise/facet-reader.ts';
import { readShownFacets, type StatedFacets } from '#ingest/normalise/read-shown-facets.ts';
import { facet } from '#test/support/sample-events.ts';

/** The facets object of a job as the envelope reads it: slices where it is scanned, values where it is parsed. */
function facetsOf(json: string, name = 'j'): RawFacets | null | undefined {
  const event = `{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"${name}","facets":${json}}}`;
  const result = readEnvelope(Buffer.from(event));
  assert(result.event, JSON.stringify(result));
  return result.event.raw.job?.facets;
}

function read(json: string): { stated: StatedFacets | null; warnings: string[] } {
  const warnings = new Warnings();
  const stated = readShownFacets('job', facetsOf(json), '/job/facets', warnings);
  return { stated, warnings: warnings.list.map(({ pointer, reason }) => `${pointer} ${reason}`) };
}

describe('facets that are kept to be shown', () => {
  test('one content has one id, however it is written', () => {
    const compact = read('{"a":{"x":1,"y":[true,null]},"b":{"z":"é"}}');
    for (const spelling of [
      '{"a":{"x":1,"y":[true,null]},"b":{"z":"é"}}',
      '{"b":{"z":"\\u00e9"},"a":{"y":[true,null],"x":1}}',
      '{ "a" : { "x":1.0 , "y":[ true, null ] }, "b": {"z":"é"} }',
    ])
      assert.equal(read(spelling).stated?.set, compact.stated?.set, spelling);
    assert.notEqual(read('{"a":{"x":2,"y":[true,null]},"b":{"z":"é"}}').stated?.set, compact.stated?.set);
    assert.notEqual(read('{"a":{"x":1,"y":[true,null]}}').stated?.set, compact.stated?.set);
    assert.deepEqual(
      compact.stated?.contents.map(({ body }) => body()),
      ['{"x":1,"y":[true,null]}', '{"z":"é"}'],
    );
  });

  test('what is taken back, null, and what other tables hold', () => {
    const { stated, warnings } = read('{"a":{"_deleted":true},"b":null,"lineage":{"entries":[]}}');
    assert.deepEqual(stated?.ids, { a: null });
    assert.deepEqual(stated?.contents, []);
    assert.deepEqual(warnings, []);
    assert.deepEqual(read('{"lineage":{"_deleted":true},"a":{}}').stated?.ids['lineage'], null);
    assert.equal(read('{"b":null}').stated, null);
    assert.equal(read('{}').stated, null);
  });

  test('a facet that its schema refuses is kept, with a warning at each event', () => {
    const json = JSON.stringify({ sql: facet({ query: 1 }), own: { any: 'thing' }, bad: 'text' });
    for (let round = 0; round < 3; round += 1) {
      const { stated, warnings } = read(json);
      assert.deepEqual(Object.keys(stated?.ids ?? {}), ['sql', 'own']);
      assert.deepEqual(warnings, [
        '/job/facets/sql/query query must be string',
        '/job/facets/bad a facet must be an object',
      ]);
    }
  });

  test('numbers of 64 bits and lone surrogates', () => {
    const one = read('{"a":{"id":9007199254740993}}');
    const other = read('{"a":{"id":9007199254740992}}');
    assert.notEqual(one.stated?.set, other.stated?.set);
    assert.equal(one.stated?.contents[0]?.body(), '{"id":9007199254740993}');
    assert.equal(read('{"a":{"x":"\\ud800"}}').stated?.contents[0]?.body(), '{"x":"\uFFFD"}');
    assert.equal(
      canonicalJson(parseExactly('[-12345678901234567890, 1e400, 1.50]')),
      '[-12345678901234567890,null,1.5]',
    );
  });
});

test('run facets that nobody reads are held to their schemas at each event', () => {
  for (let round = 0; round < 2; round += 1) {
    const warnings = new Warnings();
    const event = `{"eventTime":"2026-01-01T00:00:00Z","run":{"runId":"r","facets":{"tags":${JSON.stringify(facet({ tags: [{ key: 'k' }] }))},"jobDependencies":${JSON.stringify(facet({}))},"own":{"x":1}}},"job":{"namespace":"n","name":"j"}}`;
    checkRunFacets(readEnvelope(Buffer.from(event)).event?.raw.run?.facets, warnings);
    assert.deepEqual(
      warnings.list.map(({ pointer, reason }) => `${pointer} ${reason}`),
      ['/run/facets/tags/tags/0/value value is missing'],
    );
  }
});
