import { claimsOf, type FacetClaims } from '#model/facet-set.ts';
import type { Uuid } from '#model/ids.ts';
import { eventOfKey, LOWEST_KEY, orderKey, type OrderKey } from '#model/order-key.ts';
import type { Queryable } from '#store/database.ts';
import { eventsByKey, facetEventsOfRun, type FacetEventsRow } from '#store/run-views.ts';
import { readEnvelope, type RawDataset, type RawEvent, type RawFacets } from './envelope.ts';
import { JsonSlice } from './json-slice.ts';
import { PER_RUN } from './normalise/facet-shape.ts';
import { readRawBody } from './raw-log.ts';

/** Facets by name, as they were sent. */
export type Facets = Readonly<Record<string, unknown>>;

/** The facets of one run, and of what it read and wrote, that are kept in the raw log alone. */
export interface RunStatement {
  readonly run: Facets;
  readonly inputs: readonly DatasetStatement[];
  readonly outputs: readonly DatasetStatement[];
  /** Seconds by which the sender's clock was ahead of ours, at least, in the events read; 0 when it was not. */
  readonly clockAheadSeconds: number;
  /** Some events' bytes have been dropped by retention: what only they stated is not here. */
  readonly expired: boolean;
}

export interface DatasetStatement {
  /** As sent. */
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
}

/** Most events that are read for one run: each has a different list of facets, so there are hardly ever more than three. */
const MOST_EVENTS = 20;

/** Reads what a run's facets say now, from the events that stated them last. Null when there is no such run. */
export async function readRunStatement(connection: Queryable, runId: Uuid): Promise<RunStatement | null> {
  const [row] = await connection.rows<FacetEventsRow>(facetEventsOfRun(runId));
  if (!row) return null;
  const claims = claimsOf({ set: row.facet_shape, claims: row.facet_events }, row.last_key);
  const found = await readEvents(connection, claims.slice(-MOST_EVENTS));
  return {
    ...mergeStatements(found.events, row.snapshot_key ?? LOWEST_KEY),
    clockAheadSeconds: found.clockAheadSeconds,
    expired: found.expired,
  };
}

interface KeyedEvent {
  readonly key: OrderKey;
  readonly raw: RawEvent;
}

async function readEvents(
  connection: Queryable,
  claims: FacetClaims,
): Promise<{ events: KeyedEvent[]; expired: boolean; clockAheadSeconds: number }> {
  const wanted = new Set<OrderKey>(claims.map(({ key }) => key));
  const places = await connection.rows<{ id: Uuid; event_time: Date; received_at: Date }>(
    eventsByKey([...wanted].map(eventOfKey)),
  );
  const events: KeyedEvent[] = [];
  let expired = false;
  let clockAheadSeconds = 0;
  await Promise.all(
    places.map(async ({ id, event_time: time, received_at: received }) => {
      const bytes = await readRawBody(connection, id);
      if (bytes === 'expired') expired = true;
      if (bytes === null || bytes === 'expired') return;
      const { event } = readEnvelope(bytes);
      // The range of ids may hold another event of the same microsecond.
      const key = event && orderKey(event.time, event.kind, event.id);
      if (!event || key === null || !wanted.has(key)) return;
      clockAheadSeconds = Math.max(clockAheadSeconds, (time.getTime() - received.getTime()) / 1000);
      events.push({ key, raw: event.raw });
    }),
  );
  return {
    events: events.sort((a, b) => (a.key < b.key ? -1 : 1)),
    expired: expired || events.length < wanted.size,
    clockAheadSeconds,
  };
}

/**
 * @param events in the order of their keys: of each facet the last statement holds.
 * @param since what they say of inputs and outputs holds from this key on.
 */
function mergeStatements(
  events: readonly KeyedEvent[],
  since: OrderKey,
): Pick<RunStatement, 'run' | 'inputs' | 'outputs'> {
  const run: Record<string, unknown> = {};
  const inputs = new Map<string, DatasetStatement>();
  const outputs = new Map<string, DatasetStatement>();
  for (const { key, raw: event } of events) {
    Object.assign(run, valuesOf(event.run?.facets));
    if (key < since) continue;
    for (const input of event.inputs ?? []) addDataset(inputs, input, input.inputFacets);
    for (const output of event.outputs ?? []) addDataset(outputs, output, output.outputFacets);
  }
  return { run, inputs: [...inputs.values()], outputs: [...outputs.values()] };
}

function addDataset(
  into: Map<string, DatasetStatement>,
  { namespace, name, facets: ofDataset }: RawDataset,
  sent: RawFacets | null | undefined,
): void {
  const perRun = Object.entries(ofDataset ?? {}).filter(([facet]) => PER_RUN.has(facet));
  const facets = { ...valuesOf(Object.fromEntries(perRun)), ...valuesOf(sent) };
  if (Object.keys(facets).length === 0) return;
  const identity = `${namespace}\u0000${name}`;
  into.set(identity, { namespace, name, facets: { ...into.get(identity)?.facets, ...facets } });
}

function valuesOf(facets: RawFacets | null | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facets ?? {})
      .map(([name, sent]) => [name, sent instanceof JsonSlice ? sent.parse() : sent] as const)
      .filter(([, value]) => value !== null),
  );
}
