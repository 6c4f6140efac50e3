import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { faultOf } from '#ingest/facet-schemas/facet-fault.ts';
import { FACET_SCHEMAS, type FacetPlace } from '#ingest/facet-schemas/index.ts';
import { fragments, MORE, mutate, type Json } from './facet-mutations.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { noShared, SHARED } from '#test/support/shared-data.ts';

const skip = noShared();
const SPEC = join(SHARED, 'openlineage/spec');

interface SchemaFile {
  readonly $id: string;
  readonly $defs: Readonly<Record<string, object>>;
  readonly properties?: Readonly<Record<string, object>>;
}

/** Where the official definition of each of our schemas stands. */
const OFFICIAL: Readonly<Record<FacetPlace, Readonly<Record<string, string>>>> = {
  run: {
    nominalTime: 'NominalTimeRunFacet',
    parent: 'ParentRunFacet',
    errorMessage: 'ErrorMessageRunFacet',
    processing_engine: 'ProcessingEngineRunFacet',
    externalQuery: 'ExternalQueryRunFacet',
    extractionError: 'ExtractionErrorRunFacet',
    environmentVariables: 'EnvironmentVariablesRunFacet',
    executionParameters: 'ExecutionParametersRunFacet',
    jobDependencies: 'JobDependenciesRunFacet',
    tags: 'TagsRunFacet',
    test: 'TestRunFacet',
    gcp_dataproc: 'GcpDataprocRunFacet',
    gcp_composer_run: 'GcpComposerRunFacet',
  },
  job: {
    jobType: 'JobTypeJobFacet',
    sql: 'SQLJobFacet',
    sourceCode: 'SourceCodeJobFacet',
    sourceCodeLocation: 'SourceCodeLocationJobFacet',
    documentation: 'DocumentationJobFacet',
    ownership: 'OwnershipJobFacet',
    tags: 'TagsJobFacet',
    lineage: 'LineageFacet#LineageJobFacet',
    gcp_composer_job: 'GcpComposerJobFacet',
    gcp_lineage: 'GcpLineageJobFacet',
  },
  dataset: {
    schema: 'SchemaDatasetFacet',
    dataSource: 'DatasourceDatasetFacet',
    version: 'DatasetVersionDatasetFacet',
    datasetType: 'DatasetTypeDatasetFacet',
    storage: 'StorageDatasetFacet',
    catalog: 'CatalogDatasetFacet',
    hierarchy: 'HierarchyDatasetFacet',
    symlinks: 'SymlinksDatasetFacet',
    lifecycleStateChange: 'LifecycleStateChangeDatasetFacet',
    ownership: 'OwnershipDatasetFacet',
    documentation: 'DocumentationDatasetFacet',
    tags: 'TagsDatasetFacet',
    columnLineage: 'ColumnLineageDatasetFacet',
    lineage: 'LineageFacet#LineageDatasetFacet',
    dataQualityMetrics: 'DataQualityMetricsDatasetFacet',
    dataQualityAssertions: 'DataQualityAssertionsDatasetFacet',
  },
  input: {
    inputStatistics: 'InputStatisticsInputDatasetFacet',
    dataQualityMetrics: 'DataQualityMetricsInputDatasetFacet',
    dataQualityAssertions: 'DataQualityAssertionsDatasetFacet',
    subset: 'BaseSubsetDatasetFacet#InputSubsetInputDatasetFacet',
    icebergScanReport: 'IcebergScanReportInputDatasetFacet',
  },
  output: {
    outputStatistics: 'OutputStatisticsOutputDatasetFacet',
    dataQualityMetrics: 'DataQualityMetricsInputDatasetFacet',
    dataQualityAssertions: 'DataQualityAssertionsDatasetFacet',
    subset: 'BaseSubsetDatasetFacet#OutputSubsetOutputDatasetFacet',
    icebergCommitReport: 'IcebergCommitReportOutputDatasetFacet',
  },
};

const schemaFiles = (): { name: string; schema: SchemaFile }[] =>
  ['facets', 'registry'].flatMap((folder) =>
    (readdirSync(join(SPEC, folder), { recursive: true }) as string[])
      .filter((file) => file.endsWith('Facet.json'))
      .map((file) => ({
        name: basename(file, '.json'),
        schema: JSON.parse(readFileSync(join(SPEC, folder, file), 'utf8')) as SchemaFile,
      })),
  );

let compiled: ((official: string) => ValidateFunction) | undefined;
function official(place: FacetPlace, name: string): ValidateFunction {
  compiled ??= compileOfficial();
  return compiled(OFFICIAL[place][name] ?? '');
}

function compileOfficial(): (official: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false });
  ajvFormats.default(ajv, { mode: 'fast' });
  ajv.addSchema(JSON.parse(readFileSync(join(SPEC, 'OpenLineage.json'), 'utf8')) as object);
  const ids = new Map<string, string>();
  for (const { name, schema } of schemaFiles()) {
    ajv.addSchema(schema);
    ids.set(name, schema.$id);
  }
  return (wanted) => {
    const [file = '', definition = file] = wanted.split('#');
    const validate = ajv.getSchema(`${ids.get(file)}#/$defs/${definition}`);
    assert(validate, wanted);
    return validate as ValidateFunction;
  };
}

const places = Object.keys(FACET_SCHEMAS) as FacetPlace[];
const all = places.flatMap((place) => Object.keys(FACET_SCHEMAS[place]).map((name) => ({ place, name })));

/** Ours alone takes a scheme for a URI, in this one facet. */
function withColon(document: unknown): unknown {
  const { uri } = (document ?? {}) as { uri?: unknown };
  return typeof uri === 'string' && /^[a-zA-Z][a-zA-Z0-9+.-]*$/.test(uri)
    ? { ...(document as object), uri: `${uri}:` }
    : document;
}

function agree(place: FacetPlace, name: string, document: unknown): boolean {
  const accepts = official(
    place,
    name,
  )(place === 'dataset' && name === 'dataSource' ? withColon(document) : document);
  const fault = faultOf(place, name, document);
  assert.equal(
    fault === null,
    accepts,
    `${place} ${name}: the official schema ${accepts ? 'accepts' : 'refuses'}, ours says ${JSON.stringify(fault)} of ${JSON.stringify(document)}`,
  );
  return accepts;
}

describe('our facet schemas and the official ones', { skip }, () => {
  test('every official facet has one of ours, and the other way round', () => {
    const ours = new Set(all.map(({ place, name }) => OFFICIAL[place][name]?.split('#')[0] ?? ''));
    const theirs = schemaFiles().map(({ name }) => name);
    assert.deepEqual([...ours].sort(), [...new Set(theirs)].sort());
    for (const place of places)
      assert.deepEqual(Object.keys(OFFICIAL[place]).sort(), Object.keys(FACET_SCHEMAS[place]).sort());
  });

  test('agree about every fragment of spec/tests', () => {
    const found = fragments();
    assert.equal(found.length, 46);
    let met = 0;
    for (const { name, facet } of found) {
      for (const place of places.filter((known) => Object.hasOwn(FACET_SCHEMAS[known], name))) {
        agree(place, name, facet);
        met += 1;
      }
    }
    assert(met >= found.length, `${met}`);
  });

  test('agree about every facet of the recorded events', () => {
    let met = 0;
    for (const { bytes } of recordedEvents()) {
      const event = JSON.parse(bytes.toString('utf8')) as Record<string, Json>;
      for (const { place, name, facet } of facetsIn(event)) {
        if (!Object.hasOwn(FACET_SCHEMAS[place], name)) continue;
        assert(agree(place, name, facet), `${place} ${name}`);
        met += 1;
      }
    }
    assert(met > 300, `${met}`);
  });

  test('agree about mutations of every facet, and both refuse some and accept some of each', () => {
    const seeds = new Map<string, Json[]>();
    for (const { place, name } of all)
      seeds.set(`${place} ${name}`, [
        ...fragments()
          .filter((fragment) => fragment.name === name && faultOf(place, name, fragment.facet) === null)
          .map(({ facet }) => facet),
        ...(MORE[`${place} ${name}`] === undefined ? [] : [MORE[`${place} ${name}`] as Json]),
      ]);
    for (const { place, name } of all) {
      const examples = seeds.get(`${place} ${name}`) ?? [];
      assert(examples.length > 0, `${place} ${name} has no example`);
      const verdicts = { accepted: 0, refused: 0 };
      fc.assert(
        fc.property(
          fc.constantFrom(...examples),
          fc.array(fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 7 }), fc.nat(1000)), {
            minLength: 1,
            maxLength: 2,
          }),
          (example, changes) => {
            const document = changes.reduce<Json>(
              (known, [path, change]) => mutate(known, path, change),
              example,
            );
            verdicts[agree(place, name, document) ? 'accepted' : 'refused'] += 1;
          },
        ),
        { numRuns: 150, seed: 1 },
      );
      assert(verdicts.accepted > 0 && verdicts.refused > 0, `${place} ${name} ${JSON.stringify(verdicts)}`);
    }
  });
});

describe('the uri of a dataSource', () => {
  const faultOfSource = (members: object): unknown =>
    faultOf('dataset', 'dataSource', {
      _producer: 'https://example.com',
      _schemaURL: 'https://example.com/s.json',
      ...members,
    });

  test('may be a scheme alone, as Spark sends it for local files', () => {
    for (const uri of [
      'file',
      'dbfs',
      's3a',
      'FILE',
      'view-source',
      'file:',
      'file:///tmp/lake',
      'postgres://db:5432',
    ])
      assert.equal(faultOfSource({ name: 'file', uri }), null, uri);
  });

  test('is a fault when it is anything else', () => {
    for (const uri of ['', ' ', '/tmp/lake', 'two words', 'db:5432/a b', '3s', 'größe', 'file\n'])
      assert.deepEqual(
        faultOfSource({ uri }),
        { pointer: '/uri', reason: 'uri must match format "uri"' },
        JSON.stringify(uri),
      );
    assert.deepEqual(faultOfSource({ uri: 7 }), { pointer: '/uri', reason: 'uri must be string' });
  });

  test('hides no other fault of its facet', () => {
    const fault = { pointer: '/_deleted', reason: '_deleted must be boolean' };
    assert.deepEqual(faultOfSource({ uri: 'file', _deleted: 'no' }), fault);
    assert.deepEqual(faultOfSource({ _deleted: 'no', uri: 'file' }), fault);
    assert.deepEqual(faultOfSource({ name: 7, uri: 'file' }), {
      pointer: '/name',
      reason: 'name must be string',
    });
  });

  test('is a URI in every other facet', () => {
    const location = {
      _producer: 'file',
      _schemaURL: 'https://example.com/s.json',
      type: 'git',
      url: 'file',
    };
    assert.notEqual(faultOf('job', 'sourceCodeLocation', location), null);
    assert.notEqual(faultOfSource({ uri: 'file', _producer: 'file' }), null);
  });
});

function facetsIn(event: Record<string, Json>): { place: FacetPlace; name: string; facet: Json }[] {
  const object = (value: Json | undefined): Record<string, Json> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
  const of = (place: FacetPlace, facets: Json | undefined) =>
    Object.entries(object(facets)).map(([name, facet]) => ({ place, name, facet }));
  return [
    ...of('run', object(event['run'])['facets']),
    ...of('job', object(event['job'])['facets']),
    ...list(event['inputs']).flatMap((input) => [
      ...of('dataset', object(input)['facets']),
      ...of('input', object(input)['inputFacets']),
    ]),
    ...list(event['outputs']).flatMap((output) => [
      ...of('dataset', object(output)['facets']),
      ...of('output', object(output)['outputFacets']),
    ]),
  ];
}
