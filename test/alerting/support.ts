import type { AlertDataset, AlertEvent } from '#model/alert.ts';
import type { AlertRecord } from '#alerting/alert-record.ts';
import type { PlanContext } from '#alerting/intents.ts';
import { MATCHES_ALL } from '#alerting/matcher.ts';
import type { Plan } from '#alerting/plan.ts';
import { receiverOf, receiverText, type ChannelPolicy, type Route, type Routing } from '#alerting/routing.ts';

export const NOW = new Date('2026-03-02T12:00:00Z'); // a Monday
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const later = (milliseconds: number, from: Date = NOW): Date =>
  new Date(from.getTime() + milliseconds);

export function dataset(name: string, more: Partial<AlertDataset> = {}): AlertDataset {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    namespace: 'postgres://db',
    name,
    tier: 2,
    owner: null,
    domain: null,
    layer: null,
    tags: [],
    ...more,
  };
}

/** The id of the n-th incident of a test. */
export const incidentId = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;

export function alert(n: number, more: Partial<AlertEvent> = {}): AlertEvent {
  return {
    incidentId: incidentId(n),
    dedupKey: `key-${n}`,
    version: 1,
    state: 'firing',
    severity: 'critical',
    kind: 'volume',
    urgency: 'page',
    root: dataset('gold.orders'),
    partition: 'dt=2026-03-01',
    subject: 'row_count',
    summary: 'row_count of gold.orders is 10, expected 900 to 1100.',
    value: 10,
    expected: '900 to 1100',
    hint: null,
    impacted: [],
    impactedCount: 0,
    heldPublications: 0,
    changes: [],
    startsAt: NOW,
    updatedAt: NOW,
    validUntil: later(24 * HOUR),
    links: {
      incident: `http://127.0.0.1:4100/incidents/${incidentId(n)}`,
      dataset: 'http://127.0.0.1:4100/datasets/1',
      lineage: 'http://127.0.0.1:4100/lineage/1',
      runbook: null,
    },
    ...more,
  };
}

const POLICY: ChannelPolicy = {
  kind: 'webhook',
  wakes: false,
  groups: false,
  refreshMs: null,
  budget: null,
  digestEveryMs: 15 * MINUTE,
  heartbeatMs: null,
};

export function route(name: string, to: readonly string[], more: Partial<Route> = {}): Route {
  return {
    name,
    match: MATCHES_ALL,
    to: to.map(receiverOf),
    continue: false,
    groupBy: null,
    repeatMs: { critical: 4 * HOUR, warning: 24 * HOUR, info: null },
    escalate: [],
    quiet: null,
    routes: [],
    ...more,
  };
}

/** Channels of a routing: `mail` for people, `pager` that wakes, `am` that forgets, and what the test adds. */
export function routing(
  root: Route,
  more: Partial<Omit<Routing, 'channels'>> & {
    readonly channels?: Readonly<Record<string, Partial<ChannelPolicy>>>;
  } = {},
): Routing {
  const channels: Record<string, Partial<ChannelPolicy>> = {
    mail: { kind: 'email', groups: true },
    chat: { kind: 'slack', groups: true },
    pager: { kind: 'pagerduty', wakes: true },
    am: { kind: 'alertmanager', refreshMs: 5 * MINUTE },
    hook: {},
    ...more.channels,
  };
  return {
    maintenance: [],
    fallback: null,
    ...more,
    root,
    channels: new Map(Object.entries(channels).map(([name, policy]) => [name, { ...POLICY, ...policy }])),
  };
}

export function context(routes: Routing, more: Partial<PlanContext> = {}): PlanContext {
  return { routing: routes, silences: [], spent: new Map(), now: NOW, ...more };
}

export const fresh = (event: AlertEvent): AlertRecord => ({ event, told: [], plannedVersion: null });

/** The record after a plan was carried out, with a new version perhaps. */
export function after(record: AlertRecord, plan: Plan, event: AlertEvent = record.event): AlertRecord {
  const planned = plan.records.find((one) => one.incidentId === record.event.incidentId);
  const told = new Map(record.told.map((one) => [receiverText(one.receiver), one]));
  for (const one of planned?.told ?? []) told.set(receiverText(one.receiver), one);
  return {
    event,
    told: [...told.values()],
    plannedVersion: planned?.plannedVersion ?? record.plannedVersion,
  };
}

/** `page mail`, sorted. */
export const said = (plan: Plan): string[] =>
  plan.deliveries.map(({ kind, receiver }) => `${kind} ${receiverText(receiver)}`).toSorted();
