import { medianOf, QUIET, rounded, show, table, type BenchOptions, type Figures } from '../frame.ts';
import { knowsProcessorTime } from '../processor-time.ts';
import { describeMix, type EventGenerator } from './event-generator.ts';
import type { IngestSample } from './ingest-rungs.ts';

export interface OpenLoopPoint {
  /** Of the product's saturation. */
  readonly share: number;
  readonly perSecond: number;
  readonly sample: IngestSample;
  /** The same load on the server that only receives: what the measuring itself adds. */
  readonly harness: IngestSample | null;
}

export interface IngestMeasurements {
  readonly samples: ReadonlyMap<string, readonly IngestSample[]>;
  readonly openLoop: readonly OpenLoopPoint[];
  readonly idle: IngestSample;
  readonly bytesPerEvent: number;
  readonly bytesPerEventWarm: number;
  /** Of the soak alone. */
  readonly bytesPerEventSoak: number;
  readonly soakSeconds: number;
  /** Most memory that the collector held, after everything but batches and cold events. */
  readonly memoryBytes: number;
  readonly storedEvents: number;
  /** Whether the stored rows passed the check. */
  readonly right: boolean;
  readonly overloads: number;
  readonly generator: EventGenerator;
  readonly seconds: number;
}

const FIGURES = [
  'eventsPerSecond',
  'megabytesPerSecond',
  'ackP50Ms',
  'ackP99Ms',
  'ackP999Ms',
  'nodeMicros',
  'postgresMicros',
  'loadMicros',
  'walBytesPerEvent',
  'foreignCores',
] as const;

/** Medians over the rounds. */
function medians(samples: readonly IngestSample[]): IngestSample {
  return Object.fromEntries(
    FIGURES.map((figure) => [figure, medianOf(samples, (sample) => sample[figure])]),
  ) as unknown as IngestSample;
}

const orNull = (value: number, decimals = 3): number | null =>
  Number.isFinite(value) ? rounded(value, decimals) : null;
const processorOrNull = (micros: number): number | null => (knowsProcessorTime ? orNull(micros, 1) : null);

/** Figures under their stable keys, and the table that a person reads. */
export function reportIngest(
  measured: IngestMeasurements,
  options: BenchOptions,
): { figures: Figures; lines: string[] } {
  const rungs = new Map([...measured.samples].map(([name, samples]) => [name, medians(samples)]));
  const of = (name: string): IngestSample => rungs.get(name) ?? medians([]);
  const assay = of('assay');
  const naive = [of('naive, 4 connections'), of('naive, 8 connections')].reduce((a, b) =>
    b.eventsPerSecond > a.eventsPerSecond ? b : a,
  );
  const ratio = (to: IngestSample): number => assay.eventsPerSecond / to.eventsPerSecond;
  const middle = measured.openLoop.find(({ share }) => share === 0.5);
  const mix = describeMix(measured.generator, measured.generator.eventsPerPass);
  const hits = hitRates(measured.generator);

  const figures: Figures = {
    eventsPerSecond: rounded(assay.eventsPerSecond, 0),
    megabytesPerSecond: rounded(assay.megabytesPerSecond, 1),
    ackP50Ms: orNull(assay.ackP50Ms),
    ackP99Ms: orNull(assay.ackP99Ms),
    ackP999Ms: orNull(assay.ackP999Ms),
    idleAckP50Ms: orNull(measured.idle.ackP50Ms),
    idleAckP99Ms: orNull(measured.idle.ackP99Ms),
    openLoop: {
      ackP50Ms: orNull(middle?.sample.ackP50Ms ?? Number.NaN),
      ackP99Ms: orNull(middle?.sample.ackP99Ms ?? Number.NaN),
      harnessP99Ms: orNull(middle?.harness?.ackP99Ms ?? Number.NaN),
      points: measured.openLoop.map(({ share, perSecond, sample }) => ({
        shareOfSaturation: share,
        offeredPerSecond: perSecond,
        eventsPerSecond: rounded(sample.eventsPerSecond, 0),
        ackP50Ms: orNull(sample.ackP50Ms),
        ackP99Ms: orNull(sample.ackP99Ms),
        ackP999Ms: orNull(sample.ackP999Ms),
      })),
    },
    timesNaive: orNull(ratio(naive), 2),
    shareOfFloor: orNull(ratio(of('append only'))),
    shareOfParseOnly: orNull(ratio(of('receive and parse'))),
    shareOfReceiveOnly: orNull(ratio(of('receive only'))),
    timesCopyJsonb: orNull(ratio(of('copy into jsonb')), 2),
    bytesPerEvent: rounded(measured.bytesPerEvent, 0),
    bytesPerEventWarm: rounded(measured.bytesPerEventWarm, 0),
    soak: {
      seconds: measured.soakSeconds,
      eventsPerSecond: rounded(of('assay, soak').eventsPerSecond, 0),
      ackP99Ms: orNull(of('assay, soak').ackP99Ms),
      bytesPerEvent: rounded(measured.bytesPerEventSoak, 0),
    },
    memoryMegabytes: rounded(measured.memoryBytes / 2 ** 20, 0),
    walBytesPerEvent: rounded(assay.walBytesPerEvent, 0),
    cpuMicrosPerEvent: {
      node: processorOrNull(assay.nodeMicros),
      postgres: processorOrNull(assay.postgresMicros),
    },
    coldEventsPerSecond: rounded(of('assay, cold').eventsPerSecond, 0),
    batchEventsPerSecond: rounded(of('assay, batches of 50').eventsPerSecond, 0),
    meanEventBytes: rounded(mix.meanBytes, 0),
    mix: { ...mix.shares },
    hitRates: hits,
    storedEvents: measured.storedEvents,
    overloadAnswers: measured.overloads,
    baselines: Object.fromEntries([...rungs].map(([name, sample]) => [keyOf(name), figuresOf(sample)])),
    rounds: Object.fromEntries(
      [...measured.samples].map(([name, samples]) => [keyOf(name), samples.map(figuresOf)]),
    ),
    seconds: rounded(measured.seconds, 0),
  };

  const rows = [...rungs].map(([name, sample]) => [
    name,
    show(sample.eventsPerSecond),
    show(sample.megabytesPerSecond),
    show(sample.ackP50Ms),
    show(sample.ackP99Ms),
    knowsProcessorTime ? show(sample.nodeMicros) : '-',
    knowsProcessorTime ? show(sample.postgresMicros) : '-',
    show(sample.walBytesPerEvent),
    name.startsWith('assay') ? '' : `${show(ratio(sample))} x`,
  ]);
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  const lines = [
    `Events: mean ${(mix.meanBytes / 1000).toFixed(1)} KB; ${percent(mix.shares.small)} of ${(mix.meanBytesBySize.small / 1000).toFixed(1)} KB, ${percent(mix.shares.medium)} of ${(mix.meanBytesBySize.medium / 1000).toFixed(1)} KB, ${percent(mix.shares.large)} of ${(mix.meanBytesBySize.large / 1000).toFixed(0)} KB; ${options.jobs} jobs, ${options.jobs * 2} datasets, seed ${options.seed}`,
    `Warm: every job, dataset and schema was seen before. Cold: ${percent(1 - hits.coldJobs)} of the events have a new job, ${percent(1 - hits.coldDatasets)} of the named datasets are new`,
    `Medians of ${options.rounds} interleaved rounds of ${options.windowSeconds} s, ${options.connections} connections; processor time in microseconds per event`,
    '',
    ...table(
      ['', 'events/s', 'MB/s', 'ack p50 ms', 'p99 ms', 'Node us', 'PG us', 'WAL B/event', 'assay is'],
      rows,
    ),
    '',
    ...table(
      ['Open loop, latency from the time each event was due', 'events/s', 'p50 ms', 'p99 ms', 'p99.9 ms'],
      [
        ...measured.openLoop.flatMap(({ share, perSecond, sample, harness }) => [
          openLoopRow(`assay at ${percent(share)} of saturation`, perSecond, sample),
          ...(harness ? [openLoopRow('receive only at the same rate', perSecond, harness)] : []),
        ]),
        [
          'assay, one connection, closed loop',
          show(measured.idle.eventsPerSecond),
          show(measured.idle.ackP50Ms),
          show(measured.idle.ackP99Ms),
          show(measured.idle.ackP999Ms),
        ],
      ],
    ),
    '',
    `Memory: ${show(measured.memoryBytes / 2 ** 20)} MB at most, of the collector alone`,
    `Disk: ${show(measured.bytesPerEvent)} bytes/event with indexes and all metadata (${show(measured.bytesPerEventWarm)} once the metadata is there; ${show(measured.bytesPerEventSoak)} in the soak of ${measured.soakSeconds} s)`,
    measured.right
      ? `Checked: ${measured.storedEvents.toLocaleString('en-GB')} acknowledged events are stored, and the model's counts are those of a plain projector`
      : 'WRONG: what is stored is not what was acknowledged; the figures above mean nothing',
    ...disturbances(measured.samples),
  ];
  return { figures, lines };
}

function openLoopRow(name: string, perSecond: number, sample: IngestSample): string[] {
  return [name, show(perSecond), show(sample.ackP50Ms), show(sample.ackP99Ms), show(sample.ackP999Ms)];
}

function figuresOf(sample: IngestSample): Figures {
  return Object.fromEntries(FIGURES.map((figure) => [figure, orNull(sample[figure], 2)]));
}

/** `naive, 4 connections` becomes `naive4Connections`. */
function keyOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+(.)/g, (_, next: string) => next.toUpperCase());
}

/** In a cold pass: which part of the events has a job seen before, which part of the named datasets was named before. */
function hitRates(generator: EventGenerator): { coldJobs: number; coldDatasets: number } {
  const named = generator.jobs.reduce((sum, job) => sum + job.inputs.length + 1, 0);
  return {
    coldJobs: rounded(1 - generator.jobs.length / generator.eventsPerPass),
    coldDatasets: rounded(1 - (generator.jobs.length * 2) / named),
  };
}

function disturbances(samples: ReadonlyMap<string, readonly IngestSample[]>): string[] {
  const disturbed = [...samples].filter(([, list]) => list.some(({ foreignCores }) => foreignCores > QUIET));
  if (disturbed.length === 0) return [];
  const worst = Math.max(...disturbed.flatMap(([, list]) => list.map(({ foreignCores }) => foreignCores)));
  return [
    `WARNING: other work kept up to ${worst.toFixed(2)} cores busy while measuring ${disturbed.map(([name]) => name).join(', ')}; compare ratios and processor time, not events/s`,
  ];
}
