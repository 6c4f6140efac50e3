import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';

import type { EventTransformer, OpenLineageEvent, RunEvent } from '../src/index.ts';
import { datasetEvent, jobEvent, OpenLineageClient, parentRunFacet } from '../src/index.ts';
import { isolated, recordingLogger, recordingTransport, someEvent } from './fixtures.ts';

const RUN = { runId: '018cc251-f400-717f-9d98-c0f82845ea48' };
const PARENT = {
  run: RUN,
  job: { namespace: 'air', name: 'dag.task' },
  root: { run: RUN, job: { namespace: 'air', name: 'dag' } },
};
const CHILD: RunEvent = { ...someEvent(), run: { ...RUN, facets: { parent: parentRunFacet(PARENT) } } };

async function replaced(
  t: TestContext,
  event: OpenLineageEvent,
  properties: Readonly<Record<string, unknown>> = {},
) {
  const transport = recordingTransport();
  const client = new OpenLineageClient({
    ...isolated(t),
    strict: true,
    config: {
      transport: {
        type: 'transform',
        transport,
        transformer_class: 'openlineage.client.transport.transform.JobNamespaceReplaceTransformer',
        transformer_properties: { new_job_namespace: 'new', ...properties },
      },
    },
  });
  await client.emit(event);
  return transport.events[0];
}

function transforming(t: TestContext, transformer: EventTransformer) {
  const transport = recordingTransport();
  const logger = recordingLogger();
  const client = new OpenLineageClient({
    ...isolated(t),
    logger,
    transport: { type: 'transform', transport, transformer },
  });
  return { transport, logger, client };
}

suite('JobNamespaceReplaceTransformer', () => {
  test('moves the job, its parent and its root', async (t) => {
    const event = await replaced(t, CHILD);
    assert.equal(event?.job.namespace, 'new');
    assert.equal(event.job.name, 'orders.load');
    const { job, root } = event.run.facets?.parent ?? {};
    assert.deepEqual(job, { namespace: 'new', name: 'dag.task' });
    assert.deepEqual(root?.job, { namespace: 'new', name: 'dag' });
    assert.equal(CHILD.run.facets?.parent?.root?.job.namespace, 'air');
  });

  test('leaves the parent facet alone when told to', async (t) => {
    const event = await replaced(t, CHILD, { include_parent_facet: 'false' });
    assert.equal(event?.job.namespace, 'new');
    assert.equal(event.run.facets?.parent?.job.namespace, 'air');
    assert.equal(event.run.facets.parent.root?.job.namespace, 'air');
  });

  test('takes a parent without a root, a run without a parent and job events; not dataset events', async (t) => {
    const rootless = {
      ...CHILD,
      run: { ...RUN, facets: { parent: parentRunFacet({ run: RUN, job: PARENT.job }) } },
    };
    const parent = (await replaced(t, rootless))?.run.facets?.parent;
    assert.equal(parent?.job.namespace, 'new');
    assert.equal(parent.root, undefined);
    assert.equal((await replaced(t, someEvent()))?.job.namespace, 'new');
    assert.equal((await replaced(t, jobEvent({ job: PARENT.job })))?.job.namespace, 'new');
    const fact = datasetEvent({
      dataset: { namespace: 's3://lake', name: 'orders' },
      eventTime: '2026-01-01T00:00:00Z',
    });
    assert.deepEqual(await replaced(t, fact), fact);
  });
});

suite('transform transport', () => {
  test('sends what the transformer makes, and nothing when it makes nothing', async (t) => {
    const { client, transport } = transforming(t, (event) =>
      event.job?.name === 'secret' ? undefined : { ...event, producer: 'https://example.com' },
    );
    await client.emit(someEvent('secret'));
    await client.emit(someEvent('open'));
    assert.deepEqual(
      transport.events.map(({ job, producer }) => [job.name, producer]),
      [['open', 'https://example.com']],
    );
  });

  test('a transformer may change its copy; the event given stays as it was', async (t) => {
    const { client, transport } = transforming(t, (event) => Object.assign(event, { producer: 'changed' }));
    const given = someEvent();
    await client.emit(given);
    assert.equal(transport.events[0]?.producer, 'changed');
    assert.deepEqual(given, someEvent());
  });

  test('a transformer that throws loses its event, and not the work', async (t) => {
    const { client, logger } = transforming(t, () => {
      throw new Error('no idea');
    });
    await client.emit(someEvent());
    assert.match(logger.warnings[0] ?? '', /was lost: no idea$/);
  });

  test('a transformer of your own is named in code and configured like the others, also by environment', async (t) => {
    const client = new OpenLineageClient({
      ...isolated(t, {
        OPENLINEAGE__TRANSPORT__TYPE: 'transform',
        OPENLINEAGE__TRANSPORT__TRANSPORT__TYPE: 'kept',
        OPENLINEAGE__TRANSPORT__TRANSFORMER_CLASS: 'Prefix',
        OPENLINEAGE__TRANSPORT__TRANSFORMER_PROPERTIES: '{"prefix": "x."}',
      }),
      transports: { kept: () => kept },
      transformers: {
        Prefix: (properties) => (event) =>
          event.job === undefined
            ? event
            : { ...event, job: { ...event.job, name: properties.requiredString('prefix') + event.job.name } },
      },
    });
    await client.emit(someEvent('a'));
    assert.equal(kept.events[0]?.job.name, 'x.a');
  });
  const kept = recordingTransport();

  for (const [config, message] of [
    [{ type: 'transform' }, /^transport\.transport\.type is required\.$/],
    [{ type: 'transform', transport: { type: 'noop' } }, /^transport\.transformer_class is required\.$/],
    [
      { type: 'transform', transport: { type: 'noop' }, transformer_class: 'my.Own' },
      /^transport\.transformer_class must be one of JobNamespaceReplaceTransformer; name your own/,
    ],
    [
      { type: 'transform', transport: { type: 'noop' }, transformer_class: 'JobNamespaceReplaceTransformer' },
      /^transport\.transformer_properties\.new_job_namespace is required\.$/,
    ],
  ] as const) {
    test(`refused with a sentence: ${message.source}`, (t) => {
      assert.throws(() => new OpenLineageClient({ ...isolated(t), config: { transport: config } }), {
        name: 'ConfigurationError',
        message,
      });
    });
  }
});
