import { mix32, seededRandom } from '../statistics.ts';
import {
  airflowEvent,
  PLACEHOLDERS,
  sparkEvent,
  type DatasetShape,
  type JobShape,
  type Size,
} from './event-shapes.ts';

export interface GeneratorOptions {
  readonly seed: number;
  /** Jobs of the universe; it has twice as many datasets. */
  readonly jobs: number;
  /** Event time of event 0, in milliseconds since 1970; each following event is a millisecond later. */
  readonly startAt: number;
}

/** warm: the same jobs and datasets come again in every pass. cold: every pass has new ones. */
export type Temperature = 'warm' | 'cold';

interface Template {
  readonly size: Size;
  readonly bytes: Buffer;
  readonly universe: readonly number[];
  readonly runId: readonly number[];
  readonly parentRunId: readonly number[];
  readonly eventTime: readonly number[];
}

/** One event of a pass. */
interface Slot {
  readonly template: Template;
  /** Number of the run, and of its parent's run, within the pass. */
  readonly run: number;
  readonly parent: number;
}

const TASKS_PER_DAG = 7;
const QUERIES_PER_APPLICATION = 4;
/** Runs of 65: 35 of Airflow (two events each), 28 medium and 2 large of Spark: 70/28/2 of 100 events. */
const SHARE = { small: 35 / 65, medium: 28 / 65 };
/** How much of a pass lies between a task's START and its COMPLETE. */
const RUN_LENGTH = 0.02;
const WARM_UNIVERSE = 0;
const HEX = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
  'latin1',
);

/**
 * Makes OpenLineage events that a seed determines: event n is the same bytes in every process. Every event
 * is unique (runId, eventTime), START and COMPLETE of a task share their run. The events come in passes: in
 * each pass every job of the universe runs once.
 */
export class EventGenerator {
  readonly options: GeneratorOptions;
  readonly jobs: readonly JobShape[];
  readonly #slots: readonly Slot[];

  constructor(options: GeneratorOptions) {
    this.options = options;
    this.jobs = makeJobs(options);
    this.#slots = makeSlots(this.jobs, options.seed);
  }

  /** Events in which every job runs once. */
  get eventsPerPass(): number {
    return this.#slots.length;
  }

  /** Bytes of event `index`. */
  length(index: number): number {
    return this.#slot(index).template.bytes.length;
  }

  size(index: number): Size {
    return this.#slot(index).template.size;
  }

  /** Writes event `index` at an offset and returns the offset behind it. */
  write(index: number, temperature: Temperature, target: Buffer, at: number): number {
    const { template, run, parent } = this.#slot(index);
    const pass = Math.floor(index / this.#slots.length);
    const { seed, startAt } = this.options;
    target.set(template.bytes, at);
    const passStart = startAt + pass * this.#slots.length;
    const universe = temperature === 'warm' ? WARM_UNIVERSE : mix32(seed, pass, 1) | 1;
    patch(target, at, template.runId, 36, (place) => writeUuid(target, place, passStart, seed, pass, run));
    patch(target, at, template.parentRunId, 36, (place) =>
      writeUuid(target, place, passStart, seed, pass, -1 - parent),
    );
    patch(target, at, template.eventTime, 27, (place) =>
      writeTime(target, place, startAt + index, index % 1000),
    );
    patch(target, at, template.universe, 8, (place) => writeHex32(target, place, universe));
    return at + template.bytes.length;
  }

  /** Event `index` as bytes of its own. */
  event(index: number, temperature: Temperature): Buffer {
    const bytes = Buffer.allocUnsafe(this.length(index));
    this.write(index, temperature, bytes, 0);
    return bytes;
  }

  #slot(index: number): Slot {
    return this.#slots[index % this.#slots.length] as Slot;
  }
}

// The first place is written, the others are copied from it.
function patch(
  target: Buffer,
  at: number,
  offsets: readonly number[],
  width: number,
  write: (place: number) => void,
): void {
  const [first] = offsets;
  if (first === undefined) return;
  write(at + first);
  for (let index = 1; index < offsets.length; index += 1) {
    target.copyWithin(at + (offsets[index] as number), at + first, at + first + width);
  }
}

/** Counts of a stretch of events, for the report: how many of each size, and how often a job came again. */
export interface Mix {
  readonly events: number;
  readonly bytes: number;
  readonly meanBytes: number;
  readonly shares: Readonly<Record<Size, number>>;
  readonly meanBytesBySize: Readonly<Record<Size, number>>;
}

/** Mean size and mix of the first `events` events. */
export function describeMix(generator: EventGenerator, events: number): Mix {
  const counts = { small: 0, medium: 0, large: 0 };
  const bytes = { small: 0, medium: 0, large: 0 };
  for (let index = 0; index < events; index += 1) {
    const size = generator.size(index);
    counts[size] += 1;
    bytes[size] += generator.length(index);
  }
  const total = bytes.small + bytes.medium + bytes.large;
  const each = (of: (size: Size) => number): Record<Size, number> => ({
    small: of('small'),
    medium: of('medium'),
    large: of('large'),
  });
  return {
    events,
    bytes: total,
    meanBytes: total / events,
    shares: each((size) => counts[size] / events),
    meanBytesBySize: each((size) => bytes[size] / counts[size]),
  };
}

function makeJobs({ seed, jobs }: GeneratorOptions): JobShape[] {
  const random = seededRandom(seed);
  const small = Math.round(jobs * SHARE.small);
  const medium = Math.round(jobs * SHARE.medium);
  const sizeOf = (index: number): Size =>
    index < small ? 'small' : index < small + medium ? 'medium' : 'large';
  // Datasets 0 to jobs - 1 are written by the job of that number, the others are only read.
  const sources: Record<Size, number[]> = { small: [], medium: [], large: [] };
  for (let index = 0; index < jobs; index += 1)
    sources[index < jobs - small - medium ? 'large' : 'medium'].push(jobs + index);
  const outputs: Record<Size, number[]> = { small: [], medium: [], large: [] };
  for (let index = 0; index < jobs; index += 1) outputs[sizeOf(index)].push(index);
  // Sources first, until each is read by someone; then other jobs' outputs.
  const nextInput = (size: Size): DatasetShape => {
    const source = sources[size].pop();
    return { size, index: source ?? (outputs[size][Math.floor(random() * outputs[size].length)] as number) };
  };
  return Array.from({ length: jobs }, (_, index) => {
    const size = sizeOf(index);
    const inputs = { small: 0, medium: 3, large: 2 }[size];
    return {
      size,
      index,
      group: Math.floor(index / (size === 'small' ? TASKS_PER_DAG : QUERIES_PER_APPLICATION)),
      inputs: Array.from({ length: inputs }, () => nextInput(size)),
      output: { size, index },
    };
  });
}

function makeSlots(jobs: readonly JobShape[], seed: number): Slot[] {
  const random = seededRandom(seed + 1);
  const timed: { time: number; slot: Slot }[] = [];
  for (const job of jobs) {
    const time = random();
    const parent = job.size === 'small' ? job.group : jobs.length + job.group;
    if (job.size === 'small') {
      timed.push({
        time: time * (1 - RUN_LENGTH),
        slot: { template: makeTemplate(job, airflowEvent(job, 'START')), run: job.index, parent },
      });
      timed.push({
        time: time * (1 - RUN_LENGTH) + RUN_LENGTH,
        slot: { template: makeTemplate(job, airflowEvent(job, 'COMPLETE')), run: job.index, parent },
      });
    } else
      timed.push({ time, slot: { template: makeTemplate(job, sparkEvent(job)), run: job.index, parent } });
  }
  return timed.sort((a, b) => a.time - b.time).map(({ slot }) => slot);
}

function makeTemplate(job: JobShape, event: object): Template {
  const bytes = Buffer.from(JSON.stringify(event));
  const find = (placeholder: string): number[] => {
    const offsets: number[] = [];
    for (
      let at = bytes.indexOf(placeholder);
      at >= 0;
      at = bytes.indexOf(placeholder, at + placeholder.length)
    )
      offsets.push(at);
    return offsets;
  };
  return {
    size: job.size,
    bytes,
    universe: find(PLACEHOLDERS.universe),
    runId: find(PLACEHOLDERS.runId),
    parentRunId: find(PLACEHOLDERS.parentRunId),
    eventTime: find(PLACEHOLDERS.eventTime),
  };
}

function writeHex32(target: Buffer, at: number, value: number): void {
  for (let byte = 0; byte < 4; byte += 1) {
    const pair = ((value >>> (24 - byte * 8)) & 0xff) * 2;
    target[at + byte * 2] = HEX[pair] as number;
    target[at + byte * 2 + 1] = HEX[pair + 1] as number;
  }
}

const DASH = 0x2d;
const uuidBytes = Buffer.alloc(16);

/** A UUID version 7 (RFC 9562): the milliseconds of its pass, then bits that the run determines. */
function writeUuid(
  target: Buffer,
  at: number,
  milliseconds: number,
  seed: number,
  pass: number,
  run: number,
): void {
  uuidBytes.writeUIntBE(milliseconds, 0, 6);
  uuidBytes.writeUInt16BE(0x7000 | (mix32(seed + 1, pass, run) & 0x0fff), 6);
  uuidBytes.writeUInt32BE((0x80000000 | (mix32(seed + 2, pass, run) & 0x3fffffff)) >>> 0, 8);
  uuidBytes.writeUInt32BE(mix32(seed + 3, pass, run), 12);
  let place = at;
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) target[place++] = DASH;
    const pair = (uuidBytes[index] as number) * 2;
    target[place++] = HEX[pair] as number;
    target[place++] = HEX[pair + 1] as number;
  }
}

/** RFC 3339 with microseconds: 27 characters. */
function writeTime(target: Buffer, at: number, milliseconds: number, micros: number): void {
  target.write(new Date(milliseconds).toISOString(), at, 23, 'latin1');
  target.write(`${String(micros).padStart(3, '0')}Z`, at + 23, 4, 'latin1');
}
