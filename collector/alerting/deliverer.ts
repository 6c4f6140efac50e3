import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { redacted } from '#model/alert-text.ts';
import {
  channelStates,
  claimHeartbeat,
  noteFailure,
  noteSuccess,
  type ChannelRow,
} from '#store/alert-channels.ts';
import {
  buryDelivery,
  claimDeliveries,
  divertDeliveries,
  retryDelivery,
  settleDelivered,
  type ClaimedDeliveryRow,
} from '#store/alert-deliveries.ts';
import type { Database } from '#store/database.ts';
import { nextAttempt } from './backoff.ts';
import { receiverText, type Routing } from './routing.ts';
import { alertOf, rowOf } from './stored.ts';

export interface DelivererServices {
  readonly database: Database;
  readonly routing: Routing;
  readonly channels: ReadonlyMap<string, AlertChannel>;
  readonly now: () => Date;
  /** 0..1. */
  readonly random: () => number;
  readonly onAttempt: (channel: string, outcome: 'delivered' | 'retried' | 'dead') => void;
  /** A channel counts as dead from here on, or lives again. */
  readonly onChannel: (channel: string, state: 'dead' | 'alive', detail: string) => void;
}

/** Messages under way to one channel at a time. */
const AT_ONCE = 4;
const MINUTE = 60_000;
/** An attempt that hangs for longer is given up; the message is taken again after the lease, by whoever comes. */
const ATTEMPT_MS = MINUTE;
const LEASE_MS = 2 * MINUTE;
/** A message that could not be delivered for so long is a dead letter. */
const GIVE_UP_MS = 24 * 60 * MINUTE;
/** A channel is dead when so many attempts failed in a row, for so long. */
const DEAD = { failures: 5, ms: 5 * MINUTE };

/** Delivers what is due on one channel, until nothing is left or the channel does not take more. */
export async function deliverDue(services: DelivererServices, channel: AlertChannel): Promise<void> {
  const { database, now } = services;
  for (;;) {
    const at = now();
    const until = new Date(at.getTime() + LEASE_MS);
    const claimed = await database.rows<ClaimedDeliveryRow>(
      claimDeliveries(channel.name, AT_ONCE, until, at),
    );
    if (claimed.length === 0) return;
    const outcomes = await Promise.all(claimed.map((row) => deliverOne(services, channel, row)));
    if (!outcomes.includes('delivered')) return;
  }
}

async function deliverOne(
  services: DelivererServices,
  channel: AlertChannel,
  row: ClaimedDeliveryRow,
): Promise<'delivered' | 'retried' | 'dead'> {
  const { database, now, random, routing } = services;
  const delivery = {
    idempotencyKey: row.key,
    event: redacted(alertOf(row.event)),
    others: row.others.map((one) => redacted(alertOf(one))),
    recipient: row.recipient === '' ? null : row.recipient,
    thread: row.thread,
  };
  const outcome = await attempt(() => channel.deliver(delivery, now()));
  const at = now();
  if (outcome.status === 'success') {
    await database.execute(settleDelivered(row.key, outcome.value.thread, at));
    await succeeded(services, channel.name, at);
    services.onAttempt(channel.name, 'delivered');
    return 'delivered';
  }
  const isOld = at.getTime() - row.created_at.getTime() > GIVE_UP_MS;
  if (outcome.status === 'retryable' && !isOld) {
    const next = nextAttempt(row.attempts, notBeforeOf(outcome), random(), at);
    await database.execute(retryDelivery(row.key, outcome.reason, next));
    await failed(services, channel.name, outcome, at);
    services.onAttempt(channel.name, 'retried');
    return 'retried';
  }
  // A message that the receiver does not want says nothing of the channel, unless it wants none of them.
  await database.execute(buryDelivery(row.key, outcome.reason, at));
  await failed(services, channel.name, outcome, at);
  const because = `${channel.name} could not deliver it: ${outcome.reason}`;
  if (routing.fallback !== null && routing.fallback.channel !== channel.name)
    await database.execute(
      divertDeliveries({ channel: channel.name, key: row.key }, rowOf(routing.fallback), because, at),
    );
  services.onAttempt(channel.name, 'dead');
  return 'dead';
}

/** Gives a sign of life where one is due, so that silence is never mistaken for health. */
export async function beat(services: DelivererServices, channel: AlertChannel): Promise<void> {
  const { database, routing, now } = services;
  const every = routing.channels.get(channel.name)?.heartbeatMs ?? null;
  if (every === null) return;
  const at = now();
  if ((await database.execute(claimHeartbeat(channel.name, new Date(at.getTime() + every), at))) === 0)
    return;
  const outcome = await attempt(() => channel.heartbeat(at));
  if (outcome.status === 'success') await succeeded(services, channel.name, now());
  else await failed(services, channel.name, outcome, now());
}

/** Whether a channel counts as dead. */
export function isDead(
  { failures, failing_since: since }: Pick<ChannelRow, 'failures' | 'failing_since'>,
  now: Date,
): boolean {
  return failures >= DEAD.failures && since !== null && now.getTime() - since.getTime() >= DEAD.ms;
}

async function succeeded({ database, onChannel }: DelivererServices, name: string, at: Date): Promise<void> {
  const [before] = await database.rows<ChannelRow>(channelStates([name]));
  await database.execute(noteSuccess(name, at));
  if (before !== undefined && isDead(before, at)) onChannel(name, 'alive', 'it takes messages again');
}

async function failed(
  { database, routing, onChannel }: DelivererServices,
  name: string,
  outcome: Exclude<DeliveryOutcome, { readonly status: 'success' }>,
  at: Date,
): Promise<void> {
  const notBefore = notBeforeOf(outcome) ?? null;
  const [state] = await database.rows<ChannelRow>(noteFailure(name, outcome.reason, notBefore, at));
  if (state === undefined || !isDead(state, at)) return;
  onChannel(name, 'dead', outcome.reason);
  const { fallback } = routing;
  if (fallback === null || fallback.channel === name) return;
  const because = `${name} is dead, ${receiverText(fallback)} gets it instead: ${outcome.reason}`;
  await database.execute(divertDeliveries({ channel: name, key: null }, rowOf(fallback), because, at));
}

function notBeforeOf(outcome: DeliveryOutcome): Date | undefined {
  return outcome.status === 'retryable' && 'notBefore' in outcome ? outcome.notBefore : undefined;
}

/** Channels do not throw, and answer in time; one that does otherwise must not hold up the rest. */
async function attempt(work: () => Promise<DeliveryOutcome>): Promise<DeliveryOutcome> {
  const patience = Promise.withResolvers<DeliveryOutcome>();
  const timer = setTimeout(
    () => patience.resolve({ status: 'retryable', reason: `no answer within ${ATTEMPT_MS / 1000} s` }),
    ATTEMPT_MS,
  );
  try {
    return await Promise.race([work(), patience.promise]);
  } catch (error) {
    return { status: 'retryable', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
