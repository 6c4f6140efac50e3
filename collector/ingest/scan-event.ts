import type { RawDataset, RawEvent, RawFacets } from './envelope.ts';
import { JsonScanner, Unusual } from './json-scanner.ts';
import type { JsonSlice } from './json-slice.ts';
import { RecurringSlices } from './recurring-slices.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ScannedEvent {
  /** Facets are JsonSlices: parsed when (and if) they are read. */
  readonly raw: RawEvent;
  /** White space stood between tokens. */
  readonly spaced: boolean;
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
    return raw && { raw, spaced: scanner.spaced };
  } catch (error) {
    if (error instanceof Unusual) return null;
    throw error;
  }
}

function readEvent(scanner: JsonScanner): RawEvent | null {
  let eventTime: string | undefined;
  const event: Partial<Mutable<RawEvent>> = {};
  scanner.object((key) => {
    switch (key) {
      case 'eventTime':
        eventTime = scanner.text();
        return;
      case 'eventType':
        event.eventType = scanner.isNull() ? null : scanner.text();
        return;
      case 'producer':
        event.producer = scanner.isNull() ? null : scanner.text();
        return;
      case 'run':
        event.run = readRun(scanner);
        return;
      case 'job':
        event.job = readJob(scanner);
        return;
      case 'dataset':
        event.dataset = readDataset(scanner);
        return;
      case 'inputs':
        event.inputs = readDatasets(scanner);
        return;
      case 'outputs':
        event.outputs = readDatasets(scanner);
        return;
      default:
        scanner.skip();
    }
  });
  if (eventTime === undefined || (event.run && !event.job) || !(event.job ?? event.dataset)) return null;
  return { ...event, eventTime };
}

function readRun(scanner: JsonScanner): NonNullable<RawEvent['run']> {
  let runId: string | undefined;
  let facets: RawFacets | null | undefined;
  scanner.object((key) => {
    if (key === 'runId') runId = scanner.text();
    else if (key === 'facets') facets = readFacets(scanner);
    else scanner.skip();
  });
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
  scanner.array(() => datasets.push(readDataset(scanner)));
  return datasets;
}

/** A dataset; a job's members are some of a dataset's. */
function readDataset(scanner: JsonScanner): RawDataset {
  let namespace: string | undefined;
  let name: string | undefined;
  const facets: {
    facets?: RawFacets | null;
    inputFacets?: RawFacets | null;
    outputFacets?: RawFacets | null;
  } = {};
  scanner.object((key) => {
    if (key === 'namespace') namespace = scanner.text();
    else if (key === 'name') name = scanner.text();
    else if (key === 'facets') facets.facets = readFacets(scanner, name);
    else if (key === 'inputFacets' || key === 'outputFacets') facets[key] = readFacets(scanner);
    else scanner.skip();
  });
  if (namespace === undefined || name === undefined) throw new Unusual();
  return { namespace, name, ...facets };
}

const recurring = new RecurringSlices();

/** @param owner whose facets they are, where they recur from event to event: a dataset's or a job's. */
function readFacets(scanner: JsonScanner, owner?: string): RawFacets | null {
  if (scanner.isNull()) return null;
  const facets: Record<string, JsonSlice> = {};
  scanner.object((key) => {
    facets[key] =
      owner === undefined ? scanner.slice() : scanner.recurringSlice(`${key}\u0000${owner}`, recurring);
  });
  return facets;
}
