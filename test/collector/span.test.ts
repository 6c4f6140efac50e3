import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace, type Span, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { withSpan } from '#collector/span.ts';
import { Ingest } from '#ingest/ingest.ts';
import { Monitor } from '#monitor/monitor.ts';
import { testDatabase } from '#test/support/database.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

/** Writes down the spans that are begun, their attributes, errors and ends. */
function recordSpans(): { spans: string[]; provider: TracerProvider } {
  const spans: string[] = [];
  const spanOf = (name: string): Span =>
    ({
      recordException: (error: Error) => spans.push(`${name} failed: ${error.message}`),
      setStatus: () => undefined,
      end: () => spans.push(`${name} ended`),
    }) as unknown as Span;
  const tracer = {
    startActiveSpan: (name: string, options: { attributes: object }, work: (span: Span) => unknown) => {
      spans.push(`${name} ${JSON.stringify(options.attributes)}`);
      return work(spanOf(name));
    },
  } as unknown as Tracer;
  return { spans, provider: { getTracer: () => tracer } };
}

test('storing, judging and failing are spans of OpenTelemetry', async (t) => {
  const { spans, provider } = recordSpans();
  trace.setGlobalTracerProvider(provider);
  t.after(() => trace.disable());
  const database = await testDatabase(t);
  const now = (): Date => new Date('2026-02-01T00:00:00Z');
  const ingest = new Ingest({ database, now });
  await ingest.receive(
    sampleEvent({
      runId: 'r',
      type: 'COMPLETE',
      time: '2026-01-01T00:00:00Z',
      outputs: [outputWithRows('t', 1)],
    }),
    'http',
  );
  await new Monitor({ database, now, excludedOf: async () => new Map() }).settle();
  await assert.rejects(
    withSpan('gate decide', {}, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.deepEqual(spans, [
    'ingest store {"assay.events":1}',
    'ingest store ended',
    'detector evaluate {"assay.partitions":1}',
    'detector evaluate ended',
    'gate decide {}',
    'gate decide failed: no',
    'gate decide ended',
  ]);
});
