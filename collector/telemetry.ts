import { pino, type Logger } from 'pino';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/**
 * What Assay says of itself in logs and metrics (spans: span.ts). Labels are few and of few values: never a
 * dataset, job or run.
 */
export interface Telemetry {
  readonly log: Logger;
  readonly registry: Registry;
  readonly metrics: Metrics;
}

export interface Metrics {
  /** Events by what became of them: accepted, duplicate, invalid, quarantined, refused. */
  readonly events: Counter<'outcome'>;
  readonly eventBytes: Histogram;
  /** From the whole body's arrival to the answer. */
  readonly acknowledge: Histogram;
  readonly batchEvents: Histogram;
  readonly batchSeconds: Histogram;
  readonly facetWarnings: Counter;
  readonly quarantined: Counter<'reason' | 'producer'>;
  readonly quarantineOpen: Gauge<'producer'>;
  readonly rawLogBytes: Gauge;
  readonly rawLogOldest: Gauge;
  readonly rawLogDropped: Counter<'cause'>;
  readonly queueBytes: Gauge;
  readonly queueEvents: Gauge;
  readonly decisions: Counter<'decision'>;
  readonly publications: Counter<'outcome'>;
  readonly verdicts: Counter<'status'>;
  readonly monitorWaiting: Gauge;
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
}

export interface TelemetryOptions {
  readonly level: string;
  /** Readable lines instead of JSON: for a person at a terminal. */
  readonly pretty: boolean;
}

const LATENCIES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'assay_' });
  const registers = [registry];
  const metrics: Metrics = {
    events: new Counter({
      name: 'assay_ingest_events_total',
      help: 'Events received, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    eventBytes: new Histogram({
      name: 'assay_ingest_event_bytes',
      help: 'Size of received events after decompression',
      buckets: [1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216],
      registers,
    }),
    acknowledge: new Histogram({
      name: 'assay_ingest_acknowledge_seconds',
      help: 'Time from the arrival of an event to its acknowledgement after commit',
      buckets: LATENCIES,
      registers,
    }),
    batchEvents: new Histogram({
      name: 'assay_ingest_batch_events',
      help: 'Events stored in one transaction',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'assay_ingest_batch_seconds',
      help: 'Time of one transaction of ingest',
      buckets: LATENCIES,
      registers,
    }),
    facetWarnings: new Counter({
      name: 'assay_ingest_facet_warnings_total',
      help: 'Facets that could not be understood',
      registers,
    }),
    quarantined: new Counter({
      name: 'assay_ingest_quarantined_total',
      help: 'Events put aside, by reason and producer (the busiest by name, the rest as other)',
      labelNames: ['reason', 'producer'],
      registers,
    }),
    quarantineOpen: new Gauge({
      name: 'assay_quarantine_open_entries',
      help: 'Quarantined events that wait to be mended, replayed or discarded, by producer',
      labelNames: ['producer'],
      registers,
    }),
    rawLogBytes: new Gauge({
      name: 'assay_raw_log_bytes',
      help: 'Disk space of the raw events with their indexes, as of the last hourly look',
      registers,
    }),
    rawLogOldest: new Gauge({
      name: 'assay_raw_log_oldest_timestamp_seconds',
      help: 'When the oldest raw event that is kept with its bytes arrived',
      registers,
    }),
    rawLogDropped: new Counter({
      name: 'assay_raw_log_dropped_partitions_total',
      help: 'Days of raw events that retention dropped, by cause: age or size',
      labelNames: ['cause'],
      registers,
    }),
    queueBytes: new Gauge({
      name: 'assay_ingest_queue_bytes',
      help: 'Bytes of events waiting to be stored',
      registers,
    }),
    queueEvents: new Gauge({
      name: 'assay_ingest_queue_events',
      help: 'Events waiting to be stored',
      registers,
    }),
    decisions: new Counter({
      name: 'assay_gate_decisions_total',
      help: 'Decisions of the gate',
      labelNames: ['decision'],
      registers,
    }),
    publications: new Counter({
      name: 'assay_gate_publications_total',
      help: 'Publications by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    verdicts: new Counter({
      name: 'assay_monitor_verdicts_total',
      help: 'Verdicts of detectors',
      labelNames: ['status'],
      registers,
    }),
    monitorWaiting: new Gauge({
      name: 'assay_monitor_waiting_partitions',
      help: 'Partitions that changed and have not been looked at',
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'assay_http_request_seconds',
      help: 'Time of HTTP requests by route',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCIES,
      registers,
    }),
  };
  const log = pino(
    {
      level: options.level,
      // A key in a header must not reach the log through a request that failed.
      redact: ['req.headers.authorization', 'headers.authorization', 'password', '*.password'],
      ...(options.pretty && {
        transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', destination: 2 } },
      }),
    },
    ...(options.pretty ? [] : [pino.destination({ fd: 2, sync: false })]),
  );
  return { log, registry, metrics };
}
