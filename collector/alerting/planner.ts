import { randomUUID } from 'node:crypto';
import type { AlertEvent } from '#model/alert.ts';
import type { AlertSource } from '#model/alert-source.ts';
import { addDeliveries, spentCalls, type NewDelivery } from '#store/alert-deliveries.ts';
import {
  addDigestEntries,
  clearDigest,
  digestContents,
  waitingDigests,
  type DigestContentsRow,
  type WaitingDigestRow,
} from '#store/alert-digests.ts';
import {
  alertPosition,
  dueAlerts,
  lockAlertPosition,
  moveAlertPosition,
  putAlerts,
  putTold,
  settleAlerts,
  tryPlanning,
  type DueAlertRow,
} from '#store/alert-incidents.ts';
import { addHolds, standingSilences, type SilenceRow } from '#store/alert-silences.ts';
import type { Database, Queryable } from '#store/database.ts';
import { latestOf } from './alert-record.ts';
import { deliveryKey } from './delivery-key.ts';
import { composeDigest, DIGEST_LINES } from './digest.ts';
import { planAlerts, type Plan } from './plan.ts';
import type { Budget, Routing } from './routing.ts';
import { alertOf, receiverOfRow, recordOf, rowOf, silenceOf, toldRow } from './stored.ts';

export interface PlannerServices {
  readonly database: Database;
  readonly routing: Routing;
  readonly source: AlertSource;
}

/** Alerts in memory at a time. */
const PAGE = 500;

/** Reads what changed, decides what is to be told to whom, and writes it to the outbox. Answers how many messages. */
export async function planDue(services: PlannerServices, now: Date): Promise<number> {
  await readChanges(services, now);
  let written = 0;
  for (;;) {
    const page = await services.database.transaction((connection) =>
      planPage(connection, services.routing, now),
    );
    written += page.written;
    if (!page.more) break;
  }
  return (
    written +
    (await services.database.transaction((connection) => writeDigests(connection, services.routing, now)))
  );
}

/** Takes over what the incidents say, page by page; the position moves with what was taken. */
async function readChanges({ database, source }: PlannerServices, now: Date): Promise<void> {
  for (;;) {
    const [before] = await database.rows<{ cursor: string | null }>(alertPosition());
    const from = before?.cursor ?? null;
    const { events, cursor } = await source.eventsSince(from, PAGE);
    if (events.length === 0 && cursor === from) return;
    const mine = await database.transaction(async (connection) => {
      const [position] = await connection.rows<{ cursor: string | null }>(lockAlertPosition());
      // Another collector has taken this page meanwhile: it reads on.
      if ((position?.cursor ?? null) !== from) return false;
      const latest = [...latestOf(events).values()];
      if (latest.length > 0) await connection.execute(putAlerts(latest, now));
      await connection.execute(moveAlertPosition(cursor, now));
      return true;
    });
    if (!mine || events.length < PAGE) return;
  }
}

async function planPage(
  connection: Queryable,
  routing: Routing,
  now: Date,
): Promise<{ readonly written: number; readonly more: boolean }> {
  const [lock] = await connection.rows<{ mine: boolean }>(tryPlanning());
  if (lock?.mine !== true) return { written: 0, more: false };
  const due = await connection.rows<DueAlertRow>(dueAlerts(now, PAGE));
  if (due.length === 0) return { written: 0, more: false };
  const silences = (await connection.rows<SilenceRow>(standingSilences(now))).map(silenceOf);
  const spent = await spentOf(connection, routing, now);
  const plan = planAlerts(due.map(recordOf), { routing, silences, spent, now });
  await carryOut(connection, plan, now);
  return { written: plan.deliveries.length, more: due.length === PAGE };
}

async function spentOf(connection: Queryable, routing: Routing, now: Date): Promise<Map<string, number>> {
  const bounded = [...routing.channels].flatMap(([name, { budget }]) =>
    budget === null ? [] : [{ name, since: new Date(now.getTime() - budget.perMs) }],
  );
  const rows =
    bounded.length === 0 ? [] : await connection.rows<{ name: string; spent: number }>(spentCalls(bounded));
  return new Map(rows.map(({ name, spent }) => [name, spent]));
}

/** All in one transaction: whoever is told is noted as told, and the message lies in the outbox, or neither. */
async function carryOut(
  connection: Queryable,
  { deliveries, digest, holds, records }: Plan,
  now: Date,
): Promise<void> {
  const told = records.flatMap(({ incidentId, told: list }) => list.map((one) => toldRow(incidentId, one)));
  if (told.length > 0) await connection.execute(putTold(told));
  if (deliveries.length > 0)
    await connection.execute(
      addDeliveries(
        deliveries.flatMap(({ receiver, events, ...rest }) => {
          const [event, ...others] = events;
          return event === undefined ? [] : [newDelivery({ ...rest, receiver, event, others })];
        }),
        now,
      ),
    );
  const entries = new Map(
    digest.map((entry) => [JSON.stringify([entry.receiver, entry.event.incidentId]), entry]),
  );
  if (entries.size > 0)
    await connection.execute(
      addDigestEntries(
        [...entries.values()].map(({ receiver, event }) => ({ ...rowOf(receiver), event })),
        now,
      ),
    );
  if (holds.length > 0)
    await connection.execute(
      addHolds(
        holds.map(({ event, receiver, silence, until, because }) => ({
          ...rowOf(receiver),
          incidentId: event.incidentId,
          version: event.version,
          silenceId: silence,
          until,
          because,
        })),
        now,
      ),
    );
  await connection.execute(settleAlerts(records));
}

function newDelivery({
  receiver,
  event,
  others,
  ...rest
}: Omit<Plan['deliveries'][number], 'events'> & {
  readonly event: AlertEvent;
  readonly others: readonly AlertEvent[];
}): NewDelivery {
  return {
    ...rest,
    ...rowOf(receiver),
    event,
    others,
    incidentIds: [event, ...others].map((one) => one.incidentId),
  };
}

/** One message for all that were too many, to each receiver whose last digest is long enough ago. */
async function writeDigests(connection: Queryable, routing: Routing, now: Date): Promise<number> {
  const [lock] = await connection.rows<{ mine: boolean }>(tryPlanning());
  if (lock?.mine !== true) return 0;
  let written = 0;
  for (const waiting of await connection.rows<WaitingDigestRow>(waitingDigests())) {
    const policy = routing.channels.get(waiting.channel);
    // A channel that was taken out of the configuration tells nobody any more.
    const every = policy?.digestEveryMs ?? 0;
    if (waiting.last_at !== null && waiting.last_at.getTime() + every > now.getTime()) continue;
    const { channel, recipient, count, critical, oldest } = waiting;
    const [row] = await connection.rows<DigestContentsRow>(digestContents(channel, recipient, DIGEST_LINES));
    const receiver = receiverOfRow(waiting);
    const contents = {
      receiver,
      count,
      critical,
      oldest,
      gravest: (row?.gravest ?? []).map(alertOf),
      noisiest: row?.noisiest ?? [],
    };
    const digest = composeDigest(contents, {
      id: randomUUID(),
      budget: budgetText(policy?.budget ?? null),
      now,
    });
    await connection.execute(clearDigest(channel, recipient));
    if (digest === null || policy === undefined) continue;
    const key = deliveryKey('digest', receiver, [digest.event], 0);
    const because = `the budget of ${channel} is used up`;
    await connection.execute(
      addDeliveries([newDelivery({ ...digest, key, kind: 'digest', receiver, calls: count, because })], now),
    );
    written += 1;
  }
  return written;
}

function budgetText(budget: Budget | null): string {
  return budget === null ? 'no budget' : `${budget.most} in ${durationText(budget.perMs)}`;
}

/** `15 min`, `1 h`, `7 d`. */
function durationText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
