/** Makes events for tests: small, whole, and told apart by what a test cares about. */
export interface SampleOptions {
  readonly runId: string;
  readonly type?: string;
  readonly time: string;
  readonly job?: string;
  readonly jobFacets?: object;
  readonly producer?: string;
  readonly runFacets?: object;
  readonly inputs?: readonly object[];
  readonly outputs?: readonly object[];
}

export function sampleEvent(options: SampleOptions): Buffer {
  return Buffer.from(
    JSON.stringify({
      eventTime: options.time,
      ...(options.type !== undefined && { eventType: options.type }),
      producer: options.producer ?? 'https://example.com/tests',
      schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
      run: { runId: options.runId, ...(options.runFacets && { facets: options.runFacets }) },
      job: {
        namespace: 'tests',
        name: options.job ?? 'job',
        ...(options.jobFacets && { facets: options.jobFacets }),
      },
      ...(options.inputs && { inputs: options.inputs }),
      ...(options.outputs && { outputs: options.outputs }),
    }),
  );
}

/** A facet as the standard wants it. */
export function facet(content: object): object {
  return { _producer: 'https://example.com/tests', _schemaURL: 'https://example.com/tests.json', ...content };
}

export function outputWithRows(
  name: string,
  rowCount: number,
  more: { partition?: Record<string, string>; schema?: readonly string[] } = {},
): object {
  return {
    namespace: 'postgres://db:5432',
    name,
    facets: more.schema
      ? { schema: facet({ fields: more.schema.map((column) => ({ name: column, type: 'int' })) }) }
      : {},
    outputFacets: {
      outputStatistics: facet({ rowCount }),
      ...(more.partition && {
        subset: facet({
          outputCondition: {
            type: 'partition',
            partitions: [{ identifier: 'p', dimensions: more.partition }],
          },
        }),
      }),
    },
  };
}
