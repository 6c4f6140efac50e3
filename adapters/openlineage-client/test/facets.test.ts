import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import * as client from '../src/index.ts';
import { DEFAULT_PRODUCER } from '../src/index.ts';
import { noShared } from '../../../test/support/shared-data.ts';
import { EXAMPLES, JOB, RUN } from './facet-examples.ts';
import { coreSchema, eventViolations, facetSchemas, violations } from './spec.ts';

const skip = noShared();

suite('facets', () => {
  test('there is an example of every exported facet constructor', () => {
    const constructors = Object.keys(client).filter((name) => /^(?!custom|standard).*Facet$/.test(name));
    assert.deepEqual(Object.keys(EXAMPLES).toSorted(), constructors.toSorted());
  });

  for (const [constructor, { key, facet }] of Object.entries(EXAMPLES)) {
    test(`${constructor} states the $id of the official schema and obeys it`, { skip }, () => {
      const [id, pointer = ''] = facet['_schemaURL'].split('#/$defs/');
      const schema = facetSchemas().find((candidate) => candidate.$id === id);
      assert.ok(schema, `${id} is the $id of no schema`);
      assert.ok(pointer in schema.$defs, `${id} defines no ${pointer}`);
      assert.ok(key in (schema.properties ?? {}), `${id} is not for the key ${key}`);
      assert.equal(pointer.toLowerCase(), constructor.toLowerCase());
      assert.equal(facet['_producer'], DEFAULT_PRODUCER);
      assert.deepEqual(violations(facet['_schemaURL'], facet), []);
      assert.deepEqual(violations(schema.$id, { [key]: facet }), []);
    });
  }

  test('every official facet schema has its constructor', { skip }, () => {
    const used = new Set(Object.values(EXAMPLES).map(({ facet }) => facet['_schemaURL'].split('#')[0]));
    assert.deepEqual(
      facetSchemas()
        .map(({ $id }) => $id)
        .filter((id) => !used.has(id)),
      [],
    );
  });

  test('the schemas do refuse a wrong facet, so that passing them means something', { skip }, () => {
    const wrong = { ...EXAMPLES['outputStatisticsOutputDatasetFacet']?.facet, rowCount: 'five' };
    assert.notDeepEqual(violations(wrong['_schemaURL'] ?? '', wrong), []);
  });

  test('a producer can be given, and a custom facet made', () => {
    assert.equal(client.tagsRunFacet({}, 'https://example.com/etl')['_producer'], 'https://example.com/etl');
    const facet = client.customFacet('https://example.com/cost.json', { euros: 2 });
    assert.deepEqual(facet, {
      euros: 2,
      ['_producer']: DEFAULT_PRODUCER,
      ['_schemaURL']: 'https://example.com/cost.json',
    });
  });
});

suite('events', () => {
  const dataset = {
    namespace: 's3://lake',
    name: 'orders',
    facets: { schema: client.schemaDatasetFacet({ fields: [] }) },
  };
  const events = {
    RunEvent: client.runEvent({
      eventType: 'OTHER',
      run: { ...RUN, facets: { tags: client.tagsRunFacet({ tags: [] }) } },
      job: { ...JOB, facets: { sql: client.sqlJobFacet({ query: 'select 1' }) } },
      inputs: [{ ...dataset, inputFacets: { inputStatistics: client.inputStatisticsInputDatasetFacet({}) } }],
      outputs: [
        { ...dataset, outputFacets: { outputStatistics: client.outputStatisticsOutputDatasetFacet({}) } },
      ],
    }),
    DatasetEvent: client.datasetEvent({ dataset }),
    JobEvent: client.jobEvent({ job: JOB, inputs: [dataset], outputs: [] }),
  };

  for (const [kind, event] of Object.entries(events)) {
    test(`a ${kind} obeys the official schema`, { skip }, () => {
      assert.equal(event.schemaURL, `${coreSchema().$id}#/$defs/${kind}`);
      assert.deepEqual(eventViolations(event), []);
    });
  }

  test('the time may be given as a Date or as text and defaults to now', () => {
    const at = '2026-01-01T00:00:00.123456+02:00';
    assert.equal(client.datasetEvent({ dataset, eventTime: at }).eventTime, at);
    const date = new Date('2026-01-01T00:00:00Z');
    assert.equal(client.datasetEvent({ dataset, eventTime: date }).eventTime, '2026-01-01T00:00:00.000Z');
    const before = new Date().toISOString();
    const { eventTime } = client.datasetEvent({ dataset });
    assert.ok(eventTime >= before && eventTime <= new Date().toISOString());
  });
});
