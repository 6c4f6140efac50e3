import type { AlertSeverity } from '#model/alert.ts';
import type { Matcher } from './matcher.ts';
import type { TimeWindow } from './time-window.ts';

/** Somebody who is told: a channel, and whom it tells there; null for the channel's own default. */
export interface Receiver {
  readonly channel: string;
  readonly recipient: string | null;
}

/** Further people, when nobody acknowledged the page so long after it was sent. */
export interface EscalationStep {
  readonly afterMs: number;
  readonly to: readonly Receiver[];
}

/** What of alerts puts them into one message. */
export const GROUP_FIELDS = ['owner', 'domain', 'dataset', 'layer', 'kind', 'severity', 'tier'] as const;
export type GroupField = (typeof GROUP_FIELDS)[number];

/** When only the gravest may call. */
export interface QuietHours {
  readonly windows: readonly TimeWindow[];
  /** Severities that call all the same. */
  readonly except: readonly AlertSeverity[];
}

/** A node of the tree, with all that it inherits from the nodes above. */
export interface Route {
  /** Unique: as the configuration names it, or by its place there (`routes/1/routes/0`); `default` is the root. */
  readonly name: string;
  readonly match: Matcher;
  readonly to: readonly Receiver[];
  /** Whether the routes after it are looked at too when it matches. */
  readonly continue: boolean;
  /** Null: each incident by itself. */
  readonly groupBy: readonly GroupField[] | null;
  /** How often an alert that nobody acknowledged is said again; null: never. */
  readonly repeatMs: Readonly<Record<AlertSeverity, number | null>>;
  readonly escalate: readonly EscalationStep[];
  readonly quiet: QuietHours | null;
  readonly routes: readonly Route[];
}

/** Nothing that it matches calls anybody while it lasts; what happens is recorded all the same. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly match: Matcher;
  readonly windows: readonly TimeWindow[];
  readonly reason: string;
}

/** How many alerts a channel may be given in a time; what is over goes there as a digest. */
export interface Budget {
  readonly most: number;
  readonly perMs: number;
}

/** What the plan must know of a channel. */
export interface ChannelPolicy {
  readonly kind: string;
  /** It wakes people: notices do not go there. */
  readonly wakes: boolean;
  /** Several incidents may go there as one message. */
  readonly groups: boolean;
  /** It forgets what it is not reminded of so often; null: it remembers. */
  readonly refreshMs: number | null;
  /** Null: any number. */
  readonly budget: Budget | null;
  /** Between two digests at least. */
  readonly digestEveryMs: number;
  /** Null: no sign of life is sent. */
  readonly heartbeatMs: number | null;
}

/** Everything that decides who is told what. */
export interface Routing {
  readonly root: Route;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly channels: ReadonlyMap<string, ChannelPolicy>;
  /** Who gets what a channel could not deliver. */
  readonly fallback: Receiver | null;
}

/** `chat:#data-oncall`, as the configuration writes it. */
export function receiverText({ channel, recipient }: Receiver): string {
  return recipient === null ? channel : `${channel}:${recipient}`;
}

/** The receiver of such a text. */
export function receiverOf(text: string): Receiver {
  const colon = text.indexOf(':');
  return colon === -1
    ? { channel: text, recipient: null }
    : { channel: text.slice(0, colon), recipient: text.slice(colon + 1) };
}

/** The root and all below, in the order in which they are looked at. */
export function allRoutes(root: Route): Route[] {
  return [root, ...root.routes.flatMap(allRoutes)];
}
