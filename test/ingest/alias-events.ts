import { facet, sampleEvent } from '#test/support/sample-events.ts';

const HIVE = 'hive://meta:9083';
const LAKE = 's3://lake';

interface Named {
  readonly run: number;
  readonly second: number;
  readonly namespace: string;
  readonly name: string;
  readonly facets: object;
}

function written({ run, second, namespace, name, facets }: Named): Buffer {
  return sampleEvent({
    runId: `028cc251-f400-717f-9d98-${String(run).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    job: `writer ${run}`,
    outputs: [{ namespace, name, facets, outputFacets: { outputStatistics: facet({ rowCount: run }) } }],
  });
}

const symlinks = (type: string, namespace: string, name: string): object => ({
  symlinks: facet({ identifiers: [{ type, namespace, name }] }),
});
const renamedFrom = (name: string): object => ({
  lifecycleStateChange: facet({
    lifecycleStateChange: 'RENAME',
    previousIdentifier: { namespace: HIVE, name },
  }),
});

/** Everything that says of names that they are one, and what must not glue: for tests of order. */
export function aliasEvents(): Buffer[] {
  return [
    // each way, and a history under either name
    written({ run: 1, second: 1, namespace: HIVE, name: 'db.a', facets: {} }),
    written({
      run: 2,
      second: 2,
      namespace: 's3a://lake',
      name: '/a/dt=2026-01-01',
      facets: symlinks('TABLE', HIVE, 'db.a'),
    }),
    written({
      run: 3,
      second: 3,
      namespace: HIVE,
      name: 'db.a',
      facets: symlinks('LOCATION', LAKE, 'a/dt=2026-01-02'),
    }),
    written({
      run: 4,
      second: 4,
      namespace: LAKE,
      name: 'a',
      facets: symlinks('TABLE', 'arn:aws:glue:eu:1', 'table/db/a'),
    }),
    // one place, two tables; and a whole bucket
    written({
      run: 5,
      second: 5,
      namespace: HIVE,
      name: 'db.b',
      facets: symlinks('LOCATION', LAKE, 'shared'),
    }),
    written({ run: 6, second: 6, namespace: LAKE, name: 'shared', facets: symlinks('TABLE', HIVE, 'db.c') }),
    written({ run: 7, second: 7, namespace: HIVE, name: 'db.d', facets: symlinks('LOCATION', LAKE, '/') }),
    // a chain of renames, told twice; and tables that are swapped
    written({ run: 8, second: 8, namespace: HIVE, name: 'db.f', facets: renamedFrom('db.e') }),
    written({ run: 9, second: 9, namespace: HIVE, name: 'db.f', facets: renamedFrom('db.e') }),
    written({ run: 10, second: 20, namespace: HIVE, name: 'db.g', facets: renamedFrom('db.f') }),
    written({ run: 11, second: 30, namespace: HIVE, name: 'db.t_old', facets: renamedFrom('db.t') }),
    written({ run: 12, second: 31, namespace: HIVE, name: 'db.t', facets: renamedFrom('db.t_new') }),
  ];
}
