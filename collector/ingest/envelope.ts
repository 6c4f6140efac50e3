import { isUtf8 } from 'node:buffer';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { contentId, type Uuid } from '#model/ids.ts';
import { parseEventTime, type EventTime } from '#model/event-time.ts';
import { EVENT_KINDS, type EventKind } from '#model/order-key.ts';
import { DEEPEST_EVENT, isDeeper } from './json-depth.ts';
import { mayBeSpaced, withoutWhitespace } from './json-text.ts';
import type { Recurrence } from './passage.ts';
import { scanEvent } from './scan-event.ts';

/** Facets as sent: any JSON by facet key, or the unparsed slice of it. They are read one by one, each on its own risk. */
export type RawFacets = Readonly<Record<string, unknown>>;

export interface RawDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: RawFacets | null | undefined;
  readonly inputFacets?: RawFacets | null | undefined;
  readonly outputFacets?: RawFacets | null | undefined;
}

export interface RawEvent {
  readonly eventTime: string;
  readonly eventType?: string | null;
  readonly producer?: string | null;
  readonly run?: { readonly runId: string; readonly facets?: RawFacets | null };
  readonly job?: { readonly namespace: string; readonly name: string; readonly facets?: RawFacets | null };
  readonly dataset?: RawDataset;
  readonly inputs?: readonly RawDataset[] | null;
  readonly outputs?: readonly RawDataset[] | null;
}

/** An event whose envelope is sound. */
export interface ReceivedEvent {
  /** Of the bytes without insignificant white space: the same event sent again has the same id. */
  readonly id: Uuid;
  readonly time: EventTime;
  readonly kind: EventKind;
  /** Told apart by what is there, not by schemaURL (which clients get wrong or leave out). */
  readonly type: 'run' | 'dataset' | 'job';
  readonly raw: RawEvent;
  readonly bytes: Uint8Array;
  /** What of the bytes stood in earlier events as it is, or may stand so in later ones; not all of it needs to be told. */
  readonly recurrences: readonly Recurrence[];
}

export interface EnvelopeProblem {
  /** JSON pointer; '' for the whole. */
  readonly pointer: string;
  readonly detail: string;
}

export type EnvelopeFault = 'not_json' | 'too_deep' | 'invalid_envelope';

export type EnvelopeResult =
  | { readonly event: ReceivedEvent }
  | {
      readonly event: null;
      readonly id: Uuid;
      readonly kind: EnvelopeFault;
      readonly problems: readonly EnvelopeProblem[];
      readonly producer: string | null;
    };

const text = { type: 'string', minLength: 1 };
const facets = { type: ['object', 'null'] };
const dataset = {
  type: 'object',
  required: ['namespace', 'name'],
  properties: { namespace: text, name: text, facets, inputFacets: facets, outputFacets: facets },
};
const envelopeSchema = {
  type: 'object',
  required: ['eventTime'],
  properties: {
    eventTime: text,
    eventType: { type: ['string', 'null'] },
    producer: { type: ['string', 'null'] },
    run: { type: 'object', required: ['runId'], properties: { runId: text, facets } },
    job: {
      type: 'object',
      required: ['namespace', 'name'],
      properties: { namespace: text, name: text, facets },
    },
    dataset,
    inputs: { type: ['array', 'null'], items: dataset },
    outputs: { type: ['array', 'null'], items: dataset },
  },
  dependentRequired: { run: ['job'] },
  anyOf: [{ required: ['dataset'] }, { required: ['job'] }],
};

// Neither coerces nor strips: what producers send is what is checked.
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile<RawEvent>(envelopeSchema);

/**
 * Reads one OpenLineage event. Only a broken envelope is refused: no time, no identity of run, job or dataset.
 * @param asSent contentId(bytes), where it is known already.
 */
export function readEnvelope(bytes: Uint8Array, asSent?: Uuid): EnvelopeResult {
  if (!isUtf8(bytes))
    return refuse(bytes, 'not_json', [{ pointer: '', detail: 'The body is not UTF-8 text.' }]);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Postgres stores no U+0000; a producer that sends one keeps its event, with the replacement character.
  const hasNul = buffer.includes('\\u0000');
  const scanned = hasNul ? null : scanEvent(buffer);
  const time = scanned && parseEventTime(scanned.raw.eventTime);
  if (!scanned || !time) return readByParsing(bytes, buffer.toString('utf8').replace(/^\uFEFF/, ''), hasNul);
  const id = scanned.spaced ? contentId(withoutWhitespace(bytes)) : (asSent ?? contentId(bytes));
  return { event: receivedEvent(id, time, scanned.raw, bytes, scanned.recurrences) };
}

/** The ordinary way, which decides about everything that the scanner finds unusual. Exported for its tests. */
export function readByParsing(bytes: Uint8Array, json: string, hasNul: boolean): EnvelopeResult {
  if (isDeeper(bytes, DEEPEST_EVENT)) {
    const detail = `The event opens more than ${DEEPEST_EVENT} objects and arrays inside one another; send it flatter, or without the facet that does so.`;
    return refuse(bytes, 'too_deep', [{ pointer: '', detail }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const detail = `The body is not JSON: ${(error as Error).message}.`;
    return refuse(bytes, 'not_json', [{ pointer: '', detail }]);
  }
  if (hasNul) value = withoutNul(value);
  const producer = producerOf(value);
  if (!validate(value)) return refuse(bytes, 'invalid_envelope', problemsOf(value), producer);
  const time = parseEventTime(value.eventTime);
  if (!time) {
    const detail = `"${value.eventTime.slice(0, 60)}" is no date-time of the years 1900 to 9999; write it as 2026-01-31T12:00:00Z.`;
    return refuse(bytes, 'invalid_envelope', [{ pointer: '/eventTime', detail }], producer);
  }
  const id = contentId(mayBeSpaced(json) ? withoutWhitespace(bytes) : bytes);
  return { event: receivedEvent(id, time, value, bytes, []) };
}

function refuse(
  bytes: Uint8Array,
  kind: EnvelopeFault,
  problems: readonly EnvelopeProblem[],
  producer: string | null = null,
): EnvelopeResult {
  return { event: null, id: contentId(bytes), kind, problems, producer };
}

function receivedEvent(
  id: Uuid,
  time: EventTime,
  raw: RawEvent,
  bytes: Uint8Array,
  recurrences: readonly Recurrence[],
): ReceivedEvent {
  const kind = EVENT_KINDS.find((known) => known === raw.eventType?.toUpperCase()) ?? 'OTHER';
  const type = raw.run ? 'run' : raw.dataset && !raw.job ? 'dataset' : 'job';
  return { id, time, kind, type, raw, bytes, recurrences };
}

function problemsOf(value: unknown): EnvelopeProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      { pointer: '', detail: 'An event is a JSON object; send arrays of events to /api/v1/lineage/batch.' },
    ];
  }
  const problems = (validate.errors ?? [])
    .filter((error) => error.keyword !== 'anyOf' && !error.schemaPath.startsWith('#/anyOf'))
    .map((error) => ({
      pointer: isAbsence(error.keyword)
        ? `${error.instancePath}/${error.params['missingProperty']}`
        : error.instancePath,
      detail: isAbsence(error.keyword) ? 'This is missing.' : `This ${error.message}.`,
    }));
  const hasIdentity = 'run' in value || 'job' in value || 'dataset' in value;
  if (!hasIdentity)
    problems.push({
      pointer: '/job',
      detail: 'An event names a job (with namespace and name) or a dataset.',
    });
  return problems;
}

function isAbsence(keyword: string): boolean {
  return keyword === 'required' || keyword === 'dependentRequired';
}

function producerOf(value: unknown): string | null {
  const producer =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['producer'] : null;
  return typeof producer === 'string' ? producer : null;
}

function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD');
  if (Array.isArray(value)) return value.map(withoutNul);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replaceAll('\u0000', '\uFFFD'), withoutNul(inner)]),
  );
}
