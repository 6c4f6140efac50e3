import type { AlertEvent } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import { byGravity, type AlertRecord, type Told } from './alert-record.ts';
import { deliveryKey, type DeliveryKind } from './delivery-key.ts';
import {
  escalationSteps,
  intentsOf,
  refreshAt,
  repeatAt,
  type Hold,
  type Intent,
  type Intents,
  type PlanContext,
} from './intents.ts';
import { receiverText, type Receiver, type Route } from './routing.ts';

/** A message to be delivered, of one incident or of several that go together. */
export interface PlannedDelivery {
  readonly key: string;
  readonly kind: DeliveryKind;
  readonly receiver: Receiver;
  /** The gravest first; at least one. */
  readonly events: readonly AlertEvent[];
  /** Alerts that count against the budget of the channel. */
  readonly calls: number;
  readonly because: string;
}

/** An alert that waits for the channel's next digest. */
export interface DigestEntry {
  readonly receiver: Receiver;
  readonly event: AlertEvent;
}

export interface PlannedRecord {
  readonly incidentId: Uuid;
  readonly plannedVersion: number | null;
  /** When something may be due again without any news; null: never. */
  readonly lookAt: Date | null;
  /** What receivers will have been told once the plan is carried out; those that do not change are left out. */
  readonly told: readonly Told[];
}

export interface Plan {
  readonly deliveries: readonly PlannedDelivery[];
  readonly digest: readonly DigestEntry[];
  readonly holds: readonly Hold[];
  readonly records: readonly PlannedRecord[];
}

/**
 * What is to be delivered now. A function of the incidents' latest versions and of what was told: the order in
 * which they come does not matter. A channel whose budget these would exceed gets all of them as digest.
 */
export function planAlerts(records: readonly AlertRecord[], context: PlanContext): Plan {
  const ordered = records.toSorted((a, b) => byGravity(a.event, b.event));
  const planned = ordered.map((record) => ({ record, ...intentsOf(record, context) }));
  const over = channelsOverBudget(
    planned.flatMap(({ intents }) => intents),
    context,
  );
  const isDigested = ({ calls, receiver }: Intent): boolean => calls && over.has(receiver.channel);
  const intents = planned.flatMap((one) => one.intents);
  return {
    deliveries: bundle(
      intents.filter((intent) => !isDigested(intent)),
      context,
    ),
    digest: intents.filter(isDigested).map(({ receiver, event }) => ({ receiver, event })),
    holds: planned.flatMap(({ holds }) => holds),
    records: planned.map((one) => settle(one, isDigested, context)),
  };
}

function channelsOverBudget(intents: readonly Intent[], { routing, spent }: PlanContext): Set<string> {
  const calls = new Map<string, number>();
  for (const { calls: isCall, receiver } of intents)
    if (isCall) calls.set(receiver.channel, (calls.get(receiver.channel) ?? 0) + 1);
  const over = new Set<string>();
  for (const [channel, count] of calls) {
    const budget = routing.channels.get(channel)?.budget ?? null;
    if (budget !== null && (spent.get(channel) ?? 0) + count > budget.most) over.add(channel);
  }
  return over;
}

/** Puts what belongs together into one message. What was said before is answered in its own thread. */
function bundle(intents: readonly Intent[], { routing }: PlanContext): PlannedDelivery[] {
  const groups = Map.groupBy(intents, (intent) => {
    const { receiver, route, kind, event, before } = intent;
    const together =
      route.groupBy !== null &&
      before === null &&
      intent.role === 'receiver' &&
      (kind === 'page' || kind === 'notice') &&
      routing.channels.get(receiver.channel)?.groups === true;
    const parts = together
      ? ['group', route.name, kind, ...groupValues(event, route)]
      : ['one', event.incidentId];
    return JSON.stringify([receiverText(receiver), ...parts]);
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { receiver, kind, because, before, calls } = first;
    const events = group.map(({ event }) => event);
    const key = deliveryKey(kind, receiver, events, before?.count ?? 0);
    return [{ key, kind, receiver, events, calls: calls ? events.length : 0, because }];
  });
}

function groupValues({ root, ...event }: AlertEvent, { groupBy }: Route): (string | number | null)[] {
  return (groupBy ?? []).map((field) => {
    if (field === 'kind' || field === 'severity') return event[field];
    return field === 'dataset' ? root.name : root[field];
  });
}

function settle(
  { record, intents, holds, mutedUntil }: Intents & { readonly record: AlertRecord },
  isDigested: (intent: Intent) => boolean,
  context: PlanContext,
): PlannedRecord {
  const { event, plannedVersion } = record;
  const changed = intents.map((intent) => toldBy(intent, event, isDigested(intent), context.now));
  // Lines of a digest are not answered one by one.
  if (event.state === 'resolved')
    for (const one of record.told)
      if (one.how === 'digest' && one.state !== 'resolved') changed.push({ ...one, state: 'resolved' });
  const told = new Map(record.told.map((one) => [receiverText(one.receiver), one]));
  for (const one of changed) told.set(receiverText(one.receiver), one);
  const ends = holds.flatMap(({ until }) => (until === null ? [] : [until]));
  // What is due already was either planned or is held.
  const due = dueTimes(event, [...told.values()], context).filter((time) => time > context.now);
  return {
    incidentId: event.incidentId,
    plannedVersion: ends.length > 0 ? plannedVersion : event.version,
    lookAt: earliest([...ends, ...due, ...(mutedUntil === null ? [] : [mutedUntil])]),
    told: changed,
  };
}

function toldBy(
  { receiver, route, role, before, kind }: Intent,
  event: AlertEvent,
  digested: boolean,
  now: Date,
): Told {
  return {
    receiver,
    route: before?.route ?? route.name,
    role: before?.role ?? role,
    how: digested && before?.how !== 'message' ? 'digest' : 'message',
    state: event.state,
    severity: event.severity,
    version: event.version,
    since: before?.since ?? now,
    // An update is no reminder: the next repetition does not wait for longer because of it.
    at: kind === 'update' && before !== null ? before.at : now,
    count: (before?.count ?? 0) + 1,
  };
}

/** When reminders, refreshes and escalations are due, unless something happens before. */
function dueTimes(event: AlertEvent, told: readonly Told[], context: PlanContext): Date[] {
  if (event.state === 'resolved') return [];
  const standing = told.filter(({ state }) => state !== 'resolved');
  const refresh = standing.flatMap((one) => refreshAt(one, context) ?? []);
  if (event.state === 'acknowledged') return refresh;
  const known = new Set(standing.map(({ receiver }) => receiverText(receiver)));
  const steps = escalationSteps(event, standing, context)
    .filter(({ to }) => to.some((receiver) => !known.has(receiverText(receiver))))
    .map(({ at }) => at);
  return [...refresh, ...standing.flatMap((one) => repeatAt(one, event, context) ?? []), ...steps];
}

function earliest(times: readonly Date[]): Date | null {
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
}
