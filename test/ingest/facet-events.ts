import { facet, sampleEvent } from '#test/support/sample-events.ts';

const id = (n: number): string => `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
export const NAMESPACE = 'postgres://db:5432';

/** Events that state facets, test results and explicit lineage, and state them anew: what recorded corpora do not hold. */
export function facetEvents(): Buffer[] {
  return [
    // different sets of facets, of one dataset and of one job, in events of one run and of several; some taken back
    ...describedEvents(),
    // test results restated, once without any; explicit lineage that adds up in a run and is replaced by a static event
    sampleEvent({
      runId: id(30),
      type: 'RUNNING',
      time: at(1),
      inputs: [tested(false)],
      runFacets: { test: tests('fail') },
    }),
    sampleEvent({ runId: id(30), type: 'COMPLETE', time: at(2), inputs: [tested(true), tested(false, 'b')] }),
    sampleEvent({ runId: id(31), type: 'COMPLETE', time: at(2), inputs: [tested(null)] }),
    explained(32, 'START', 1, ['x']),
    explained(32, 'COMPLETE', 2, ['y']),
    explained(33, 'COMPLETE', 3, []),
    explained(null, null, 4, ['x', 'z']),
    // Spark's numbers before the end, and the same ones on two outputs; what a commit report says of them
    sparkEvent(34, 'RUNNING', 1, [[0, 0]]),
    sparkEvent(34, 'COMPLETE', 2, [[9, 90]]),
    sparkEvent(35, 'COMPLETE', 2, [[7, 70], [7, 70]]), // prettier-ignore
    // events that are complete by themselves, and one of the same run that is not
    snapshot('RUNNING', 1, ['x', 'y']),
    snapshot('RUNNING', 2, ['y', 'z']),
    snapshot('RUNNING', 3, ['z']),
    snapshot('COMPLETE', 4, []),
    sampleEvent({ runId: id(36), type: 'OTHER', time: at(5), inputs: [{ namespace: 'n', name: 'w' }] }),
  ];
}

function snapshot(type: string, minute: number, inputs: readonly string[]): Buffer {
  return withJobFacets(
    sampleEvent({
      runId: id(36),
      type,
      time: at(minute),
      inputs: inputs.map((name) => ({ namespace: 'n', name })),
      outputs: [],
    }),
    {
      jobType: facet({
        processingType: 'STREAMING',
        integration: 'FLINK',
        emissionPattern: { eventTrigger: 'EVENT_BASED', eventContentMode: 'COMPLETE_SNAPSHOT' },
      }),
    },
  );
}

function withJobFacets(event: Buffer, facets: object): Buffer {
  const parsed = JSON.parse(event.toString()) as { job: object };
  return Buffer.from(JSON.stringify({ ...parsed, job: { ...parsed.job, facets } }));
}

function describedEvents(): Buffer[] {
  const owner = (name: string): object => ({ ownership: facet({ owners: [{ name }] }) });
  const note = (text: string): object => ({ documentation: facet({ description: text }) });
  const event = (run: number, kind: string, second: number, facets: object, jobFacets: object): Buffer =>
    withJobFacets(
      sampleEvent({
        runId: id(run),
        type: kind,
        time: at(second),
        job: 'of facets',
        runFacets: { own: facet({ second }), ...(second % 2 === 0 && { other: facet({ second }) }) },
        outputs: [{ namespace: NAMESPACE, name: 'described', facets }],
      }),
      jobFacets,
    );
  return [
    event(20, 'START', 1, { ...owner('a'), ...note('one') }, owner('a')),
    event(20, 'RUNNING', 2, owner('b'), { ...owner('b'), unknown: facet({ x: 1 }) }),
    event(20, 'RUNNING', 3, { ...owner('c'), ...note('two') }, owner('c')),
    event(
      20,
      'RUNNING',
      4,
      { ...owner('b'), unknown: facet({ list: [1, 2] }) },
      { unknown: { _deleted: true } },
    ),
    event(20, 'COMPLETE', 5, { documentation: { _deleted: true } }, {}),
    event(21, 'START', 2, { unknown: facet({ list: [1, 2] }) }, owner('d')),
    event(21, 'COMPLETE', 6, { schema: { _deleted: true }, unknown: { _deleted: true } }, owner('a')),
    // equal times: the kind decides, then the id
    event(22, 'COMPLETE', 7, owner('x'), owner('x')),
    event(22, 'FAIL', 7, owner('y'), owner('y')),
    withJobFacets(
      Buffer.from(JSON.stringify({ eventTime: at(3), job: { namespace: 'tests', name: 'of facets' } })),
      note('static'),
    ),
    Buffer.from(
      JSON.stringify({
        eventTime: at(4),
        dataset: {
          namespace: NAMESPACE,
          name: 'described',
          facets: {
            lifecycleStateChange: facet({
              lifecycleStateChange: 'RENAME',
              previousIdentifier: { namespace: NAMESPACE, name: 'once called' },
            }),
          },
        },
      }),
    ),
  ];
}

function tested(success: boolean | null, column = 'a'): object {
  const assertions = success === null ? [] : [{ assertion: 'not_null', column, success }];
  const dataQualityAssertions = facet({ assertions });
  return {
    namespace: NAMESPACE,
    name: 'tested',
    inputFacets: { dataQualityAssertions },
    facets: { dataQualityAssertions },
  };
}

const tests = (status: string): object => facet({ tests: [{ name: 't', status }] });

/** An event of a run, or a JobEvent, that says explicitly what feeds one dataset. */
function explained(
  run: number | null,
  kind: string | null,
  second: number,
  sources: readonly string[],
): Buffer {
  const inputs = sources.map((name) => ({ type: 'DATASET', namespace: NAMESPACE, name }));
  const event = {
    eventTime: at(second),
    ...(run !== null && { eventType: kind, run: { runId: id(run) } }),
    job: {
      namespace: 'tests',
      name: 'explained',
      facets: {
        lineage: facet({ entries: [{ type: 'DATASET', namespace: NAMESPACE, name: 'target', inputs }] }),
      },
    },
  };
  return Buffer.from(JSON.stringify(event));
}

function sparkEvent(
  run: number,
  kind: string,
  second: number,
  counts: readonly (readonly [number, number])[],
): Buffer {
  const event = sampleEvent({
    runId: id(run),
    type: kind,
    time: at(second),
    job: 'spark',
    outputs: counts.map(([rowCount, size], index) => ({
      namespace: NAMESPACE,
      name: `written ${index}`,
      outputFacets: {
        outputStatistics: facet({ rowCount, size }),
        ...(index === 1 && {
          icebergCommitReport: facet({ snapshotId: 5, commitMetrics: { addedRecords: 6 } }),
        }),
      },
    })),
  });
  return Buffer.from(
    event
      .toString()
      .replace(
        'https://example.com/tests',
        'https://github.com/OpenLineage/OpenLineage/tree/1.40.1/integration/spark',
      ),
  );
}
