import type { AlertEvent } from '#model/alert.ts';
import { rankOf, type AlertRecord, type Told } from './alert-record.ts';
import type { DeliveryKind } from './delivery-key.ts';
import { impactViews } from './impact.ts';
import { chooseRoutes } from './route.ts';
import { allRoutes, receiverText, type Receiver, type Route, type Routing } from './routing.ts';
import { minuteText, muteOf, type Mute, type Silence } from './silence.ts';
import { covers, endOf } from './time-window.ts';

/** A message that should go out now. */
export interface Intent {
  readonly event: AlertEvent;
  readonly receiver: Receiver;
  readonly route: Route;
  readonly role: Told['role'];
  readonly kind: DeliveryKind;
  /** It asks for attention, and so counts against the channel's budget and may become a line of a digest. */
  readonly calls: boolean;
  readonly because: string;
  /** What was told there before in this period; null: nothing. */
  readonly before: Told | null;
}

/** A message that does not go out now, and why. */
export interface Hold {
  readonly event: AlertEvent;
  readonly receiver: Receiver;
  readonly silence: Mute['silence'];
  /** Null: it never will. */
  readonly until: Date | null;
  readonly because: string;
}

export interface Intents {
  readonly intents: readonly Intent[];
  readonly holds: readonly Hold[];
  /** When a silence ends and things look different without any news; null: nothing is silenced. */
  readonly mutedUntil: Date | null;
}

export interface PlanContext {
  readonly routing: Routing;
  readonly silences: readonly Silence[];
  /** Alerts that each channel was given in the time of its budget. */
  readonly spent: ReadonlyMap<string, number>;
  readonly now: Date;
}

/** What should be said of one incident now, and what is held back. */
export function intentsOf(record: AlertRecord, context: PlanContext): Intents {
  const { event, told } = record;
  const standing = told.filter(({ state }) => state !== 'resolved');
  if (event.state === 'resolved')
    return { intents: lastWords(standing, event, context, 'resolved'), holds: [], mutedUntil: null };
  const mute = muteOf(event, context.silences, context.routing.maintenance, context.now);
  const wanted =
    event.state === 'acknowledged'
      ? lastWords(standing, event, context, 'acknowledged')
      : [
          ...(record.plannedVersion === event.version ? [] : news(event, standing, context)),
          ...reminders(event, standing, context),
          ...escalations(event, standing, context),
        ];
  const intents: Intent[] = [];
  const holds: Hold[] = [];
  for (const intent of unique(wanted)) {
    const held = holdOf(intent, mute, context);
    if (held === null) intents.push(intent);
    else holds.push(held);
  }
  // What a receiver forgets it must hear again; during a silence it may forget.
  const due = mute === null ? refreshes(standing, event, context) : [];
  return {
    intents: [...intents, ...due.filter(({ before }) => !intents.some((intent) => intent.before === before))],
    holds,
    mutedUntil: mute?.until ?? null,
  };
}

/** A new version: whoever has not heard of the incident is told, whoever has gets the change in its thread. */
function news(event: AlertEvent, told: readonly Told[], context: PlanContext): Intent[] {
  const { routing, now } = context;
  const found: Intent[] = [];
  const add = (view: AlertEvent, route: Route, role: Told['role']): void => {
    for (const receiver of route.to) {
      const before = toldTo(told, receiver);
      const isGraver = before !== null && rankOf(view.severity) > rankOf(before.severity);
      const isBack = before?.state === 'acknowledged';
      if (before !== null && (before.version === event.version || (before.how === 'digest' && !isGraver)))
        continue;
      const calls = before === null || ((isGraver || isBack) && role !== 'impact');
      const kind = !calls
        ? 'update'
        : role === 'impact'
          ? 'impact'
          : view.urgency === 'page'
            ? 'page'
            : 'notice';
      const because = !calls
        ? 'more is known of it'
        : before === null
          ? `route ${route.name} leads there`
          : `it became ${view.severity}`;
      found.push({ event: view, receiver, route, role, kind, calls, because, before });
    }
  };
  for (const route of chooseRoutes(routing.root, event, now).routes) add(event, route, 'receiver');
  // Those who were told and whom no route leads to any more: of a route that changed, or a root that moved.
  for (const before of told) {
    if (before.how === 'digest' || before.version === event.version) continue;
    const route = routeOf(before, context);
    const { receiver, role } = before;
    found.push({
      event,
      receiver,
      route,
      role,
      kind: 'update',
      calls: false,
      because: 'more is known of it',
      before,
    });
  }
  if (event.urgency === 'page')
    for (const { view, route } of impactViews(event, routing, now)) add(view, route, 'impact');
  return found;
}

/** Nobody acknowledged it. */
function reminders(event: AlertEvent, told: readonly Told[], context: PlanContext): Intent[] {
  return told.flatMap((before) => {
    const due = repeatAt(before, event, context);
    if (due === null || due > context.now) return [];
    const because = `nobody acknowledged it since ${minuteText(before.at)}`;
    const { receiver, role } = before;
    return [
      {
        event,
        receiver,
        route: routeOf(before, context),
        role,
        kind: 'repeat' as const,
        calls: true,
        because,
        before,
      },
    ];
  });
}

function escalations(event: AlertEvent, told: readonly Told[], context: PlanContext): Intent[] {
  return escalationSteps(event, told, context)
    .filter(({ at }) => at <= context.now)
    .flatMap(({ route, to, since }) =>
      to
        .filter((receiver) => toldTo(told, receiver) === null)
        .map((receiver) => ({
          event,
          receiver,
          route,
          role: 'escalation' as const,
          kind: 'escalation' as const,
          calls: true,
          because: `nobody acknowledged the page of ${minuteText(since)}`,
          before: null,
        })),
    );
}

/** Acknowledged or resolved: whoever was told is told, once, also during a silence. */
function lastWords(
  told: readonly Told[],
  event: AlertEvent,
  context: PlanContext,
  kind: 'acknowledged' | 'resolved',
): Intent[] {
  return told
    .filter(({ state, how }) => how === 'message' && state !== kind)
    .map((before) => ({
      event,
      receiver: before.receiver,
      route: routeOf(before, context),
      role: before.role,
      kind,
      calls: false,
      because: `it is ${kind}`,
      before,
    }));
}

function refreshes(told: readonly Told[], event: AlertEvent, context: PlanContext): Intent[] {
  return told.flatMap((before) => {
    const due = refreshAt(before, context);
    if (due === null || due > context.now) return [];
    const { receiver, role } = before;
    const because = 'the receiver forgets what it is not reminded of';
    return [
      {
        event,
        receiver,
        route: routeOf(before, context),
        role,
        kind: 'refresh' as const,
        calls: false,
        because,
        before,
      },
    ];
  });
}

/** When it is next said again there, unless somebody acknowledges it; null: never. */
export function repeatAt(before: Told, event: AlertEvent, context: PlanContext): Date | null {
  // What need not be acted on is said once.
  if (event.urgency !== 'page' || before.role === 'impact' || before.how === 'digest') return null;
  const every = routeOf(before, context).repeatMs[event.severity];
  return every === null ? null : new Date(before.at.getTime() + every);
}

export function refreshAt(before: Told, { routing }: PlanContext): Date | null {
  const every = routing.channels.get(before.receiver.channel)?.refreshMs ?? null;
  return every === null || before.how === 'digest' ? null : new Date(before.at.getTime() + every);
}

/** The steps of the routes that paged somebody, with their times. */
export function escalationSteps(
  event: AlertEvent,
  told: readonly Told[],
  context: PlanContext,
): { readonly route: Route; readonly at: Date; readonly since: Date; readonly to: readonly Receiver[] }[] {
  if (event.urgency !== 'page') return [];
  const begun = new Map<string, Date>();
  for (const { route, role, since } of told) {
    const known = begun.get(route);
    if (role === 'receiver' && (known === undefined || since < known)) begun.set(route, since);
  }
  return [...begun].flatMap(([name, since]) => {
    const route = allRoutes(context.routing.root).find((one) => one.name === name);
    return (route?.escalate ?? []).flatMap(({ afterMs, to }) =>
      route === undefined ? [] : [{ route, since, to, at: new Date(since.getTime() + afterMs) }],
    );
  });
}

/**
 * Why a message must wait, or will not go; null: it may go. That something is acknowledged never waits; an
 * update in a thread calls nobody and waits for silences alone.
 */
function holdOf(intent: Intent, mute: Mute | null, { routing, now }: PlanContext): Hold | null {
  const { event, receiver, route, calls, kind } = intent;
  const policy = routing.channels.get(receiver.channel);
  if (policy === undefined)
    return {
      event,
      receiver,
      silence: null,
      until: null,
      because: `no channel ${receiver.channel} is configured`,
    };
  if (kind === 'acknowledged') return null;
  // To such a receiver every word is a call: one that was closed there would ring anew.
  if (policy.wakes && kind === 'update')
    return {
      event,
      receiver,
      silence: null,
      until: null,
      because: `${receiver.channel} wakes people, and was told already`,
    };
  if (policy.wakes && event.urgency !== 'page' && intent.before === null)
    return {
      event,
      receiver,
      silence: null,
      until: null,
      because: `${receiver.channel} wakes people, and this is a ${event.urgency}`,
    };
  if (mute !== null)
    return { event, receiver, silence: mute.silence, until: mute.until, because: mute.because };
  if (!calls || route.quiet === null || route.quiet.except.includes(event.severity)) return null;
  const open = route.quiet.windows.find((window) => covers(window, now));
  if (open === undefined) return null;
  const until = endOf(open, now);
  return { event, receiver, silence: null, until, because: `quiet hours last until ${minuteText(until)}` };
}

function routeOf({ route: name }: Told, { routing }: PlanContext): Route {
  return allRoutes(routing.root).find((route) => route.name === name) ?? routing.root;
}

function toldTo(told: readonly Told[], receiver: Receiver): Told | null {
  const text = receiverText(receiver);
  return told.find((one) => receiverText(one.receiver) === text) ?? null;
}

/** One message to one receiver: the first cause is the one that counts. */
function unique(intents: readonly Intent[]): Intent[] {
  const seen = new Map<string, Intent>();
  for (const intent of intents) {
    const text = receiverText(intent.receiver);
    if (!seen.has(text)) seen.set(text, intent);
  }
  return [...seen.values()];
}
