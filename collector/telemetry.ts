import { pino, type Logger } from 'pino';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { plainCounter, TallyHistogram, type Tally } from './telemetry/tally.ts';

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
  /** Events by what became of them. */
  readonly events: EventCounts;
  readonly eventBytes: Tally;
  /** From the whole body's arrival to the answer. */
  readonly acknowledge: Tally;
  readonly batchEvents: Tally;
  readonly batchSeconds: Tally;
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
  readonly measureStatements: Counter<'warehouse'>;
  readonly measureSeconds: Counter<'warehouse'>;
  readonly gateWaiting: Gauge;
  readonly gateOverdue: Gauge;
  readonly verdicts: Counter<'status'>;
  readonly checks: Counter<'status'>;
  readonly monitorWaiting: Gauge;
  readonly incidentsOpen: Gauge<'state' | 'severity'>;
  readonly incidentEvidence: Counter;
  readonly incidentChanges: Counter;
  readonly incidentPassSeconds: Tally;
  /** By method, route and status. */
  readonly httpSeconds: TallyHistogram;
}

/** refused: neither stored nor kept, for want of room, right or store. */
export type EventCounts = Record<'accepted' | 'duplicate' | 'invalid' | 'quarantined' | 'refused', number>;

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
    events: plainCounter(
      { name: 'assay_ingest_events_total', help: 'Events received, by outcome', registry },
      'outcome',
      { accepted: 0, duplicate: 0, invalid: 0, quarantined: 0, refused: 0 },
    ),
    eventBytes: new TallyHistogram({
      name: 'assay_ingest_event_bytes',
      help: 'Size of received events after decompression',
      bounds: [1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216],
      registry,
    }).tally(),
    acknowledge: new TallyHistogram({
      name: 'assay_ingest_acknowledge_seconds',
      help: 'Time from the arrival of an event to its acknowledgement after commit',
      bounds: LATENCIES,
      registry,
    }).tally(),
    batchEvents: new TallyHistogram({
      name: 'assay_ingest_batch_events',
      help: 'Events stored in one transaction',
      bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registry,
    }).tally(),
    batchSeconds: new TallyHistogram({
      name: 'assay_ingest_batch_seconds',
      help: 'Time of one transaction of ingest',
      bounds: LATENCIES,
      registry,
    }).tally(),
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
    measureStatements: new Counter({
      name: 'assay_gate_measure_statements_total',
      help: 'Statements by which candidates were measured, where the warehouse tells what they took',
      labelNames: ['warehouse'],
      registers,
    }),
    measureSeconds: new Counter({
      name: 'assay_gate_measure_seconds_total',
      help: 'Time that these took of the warehouse',
      labelNames: ['warehouse'],
      registers,
    }),
    gateWaiting: new Gauge({
      name: 'assay_gate_waiting_partitions',
      help: 'Partitions whose candidate is not published, as of the last look (every minute)',
      registers,
    }),
    gateOverdue: new Gauge({
      name: 'assay_gate_overdue_partitions',
      help: "Those of them that wait longer than their contract's sla",
      registers,
    }),
    checks: new Counter({
      name: 'assay_monitor_checks_total',
      help: 'Contract checks that the monitor answered from measurements, by status.',
      labelNames: ['status'],
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
    incidentsOpen: new Gauge({
      name: 'assay_incidents_open',
      help: 'Incidents that are not resolved, by state and severity',
      labelNames: ['state', 'severity'],
      registers,
    }),
    incidentEvidence: new Counter({
      name: 'assay_incidents_evidence_total',
      help: 'Pieces of evidence that were noted',
      registers,
    }),
    incidentChanges: new Counter({
      name: 'assay_incidents_changes_total',
      help: 'Incidents that evidence opened or changed',
      registers,
    }),
    incidentPassSeconds: new TallyHistogram({
      name: 'assay_incidents_pass_seconds',
      help: 'Time of one look for evidence and its folding',
      bounds: [...LATENCIES, 10, 30],
      registry,
    }).tally(),
    httpSeconds: new TallyHistogram({
      name: 'assay_http_request_seconds',
      help: 'Time of HTTP requests by route',
      bounds: LATENCIES,
      registry,
    }),
  };
  const log = pino(
    {
      level: options.level,
      // A key must reach the log neither in a header nor in a query.
      redact: [
        'req.headers.authorization',
        'headers.authorization',
        'authorization',
        'password',
        '*.password',
        'api_key',
        '*.api_key',
      ],
      serializers: { req: describeRequest, url: withoutQuery },
      ...(options.pretty && {
        transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', destination: 2 } },
      }),
    },
    ...(options.pretty ? [] : [pino.destination({ fd: 2, sync: false })]),
  );
  return { log, registry, metrics };
}

/** A request in the log: what was asked, and nothing that may hold a key. */
function describeRequest(request: { readonly method?: string; readonly url?: string }): object {
  return { method: request.method, url: withoutQuery(request.url) };
}

function withoutQuery(url: unknown): unknown {
  return typeof url === 'string' ? url.split('?', 1)[0] : url;
}
