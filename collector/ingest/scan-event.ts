import type { RawDataset, RawEvent, RawFacets } from './envelope.ts';
import { JsonScanner } from './json-scanner.ts';
import { Unusual } from './json-skip.ts';
import type { JsonSlice } from './json-slice.ts';
import type { Recurrence } from './passage.ts';
import { RecurringContents, RecurringSlices } from './recurring-slices.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ScannedEvent {
  /** Facets are JsonSlices: parsed when (and if) they are read. */
  readonly raw: RawEvent;
  /** White space stood between tokens. */
  readonly spaced: boolean;
  /** What is remembered to come again as it is, in the order of its places. */
  readonly recurrences: readonly Recurrence[];
}

/**
 * Reads an event's spine (times, identities, names) and leaves its facets unparsed: most of them are known
 * by their hash, and the others nobody reads. An optimisation only: null for anything unusual, which the
 * ordinary way by JSON.parse and the envelope's schema then accepts or refuses. What this accepts, that
 * accepts too, with the same meaning (tested on recorded, generated and mutilated events).
 */
export function scanEvent(bytes: Buffer): ScannedEvent | null {
  const scanner = new JsonScanner(bytes);
  try {
    const raw = readEvent(scanner);
    scanner.end();
    return raw && { raw, spaced: scanner.spaced, recurrences: scanner.recurrences };
  } catch (error) {
    if (error instanceof Unusual) return null;
    throw error;
  }
}

function readEvent(scanner: JsonScanner): RawEvent | null {
  let eventTime: string | undefined;
  const event: Partial<Mutable<RawEvent>> = {};
  for (let more = scanner.enterObject(); more; more = scanner.nextMember()) {
    switch (scanner.key()) {
      case 'eventTime':
        eventTime = scanner.text();
        break;
      case 'eventType':
        event.eventType = scanner.isNull() ? null : scanner.text();
        break;
      case 'producer':
        event.producer = scanner.isNull() ? null : scanner.text();
        break;
      case 'run':
        event.run = readRun(scanner);
        break;
      case 'job':
        event.job = readJob(scanner);
        break;
      case 'dataset':
        event.dataset = readDataset(scanner);
        break;
      case 'inputs':
        event.inputs = readDatasets(scanner);
        break;
      case 'outputs':
        event.outputs = readDatasets(scanner);
        break;
      default:
        scanner.skip();
    }
  }
  if (eventTime === undefined || (event.run && !event.job) || !(event.job ?? event.dataset)) return null;
  return { ...event, eventTime };
}

function readRun(scanner: JsonScanner): NonNullable<RawEvent['run']> {
  let runId: string | undefined;
  let facets: RawFacets | null | undefined;
  for (let more = scanner.enterObject(); more; more = scanner.nextMember()) {
    const key = scanner.key();
    if (key === 'runId') runId = scanner.text();
    else if (key === 'facets') facets = readFacets(scanner);
    else scanner.skip();
  }
  if (runId === undefined) throw new Unusual();
  return { runId, facets: facets ?? null };
}

function readJob(scanner: JsonScanner): NonNullable<RawEvent['job']> {
  const { namespace, name, facets } = readDataset(scanner);
  return { namespace, name, facets: facets ?? null };
}

function readDatasets(scanner: JsonScanner): RawDataset[] | null {
  if (scanner.isNull()) return null;
  const datasets: RawDataset[] = [];
  for (let more = scanner.enterArray(); more; more = scanner.nextElement())
    datasets.push(readDataset(scanner));
  return datasets;
}

/** A dataset; a job's members are some of a dataset's. */
function readDataset(scanner: JsonScanner): RawDataset {
  let namespace: string | undefined;
  let name: string | undefined;
  let facets: RawFacets | null | undefined;
  let inputFacets: RawFacets | null | undefined;
  let outputFacets: RawFacets | null | undefined;
  for (let more = scanner.enterObject(); more; more = scanner.nextMember()) {
    const key = scanner.key();
    if (key === 'namespace') namespace = scanner.text();
    else if (key === 'name') name = scanner.text();
    else if (key === 'facets')
      facets = name === undefined ? readFacets(scanner) : readRecurring(scanner, name);
    else if (key === 'inputFacets') inputFacets = readFacets(scanner);
    else if (key === 'outputFacets') outputFacets = readFacets(scanner);
    else scanner.skip();
  }
  if (namespace === undefined || name === undefined) throw new Unusual();
  return { namespace, name, facets, inputFacets, outputFacets };
}

const contents = new RecurringContents(13);

function readFacets(scanner: JsonScanner): RawFacets | null {
  if (scanner.isNull()) return null;
  const facets: Record<string, JsonSlice> = {};
  for (let more = scanner.enterObject(); more; more = scanner.nextMember()) {
    const key = scanner.key();
    facets[key] = scanner.knownSlice(key, contents);
  }
  return facets;
}

const recurring = new RecurringSlices();

/** @param owner whose facets they are: a dataset's or a job's recur from event to event. */
function readRecurring(scanner: JsonScanner, owner: string): RawFacets | null {
  return scanner.isNull() ? null : scanner.recurringFacets(recurring.of(owner));
}
