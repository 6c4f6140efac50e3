import { putChannels } from '#store/alert-channels.ts';
import { deleteSettledDeliveries } from '#store/alert-deliveries.ts';
import { deleteResolvedAlerts, lookAtAllAlerts } from '#store/alert-incidents.ts';
import { deleteHolds } from '#store/alert-silences.ts';
import { beat, deliverDue, type DelivererServices } from './deliverer.ts';
import { planDue, type PlannerServices } from './planner.ts';

export interface AlertingServices extends PlannerServices, DelivererServices {
  readonly onError: (error: unknown, doing: string) => void;
  /** Told whenever it was decided what is to be said. */
  readonly onPlanned?: (at: Date) => void;
  /** Days that deliveries and alerts that are over are kept. */
  readonly keepDays?: number;
  /** Milliseconds between looks at what is due. */
  readonly everyMs?: number;
}

const EVERY_MS = 2000;
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const KEEP_DAYS = 90;

/** Tells people: plans what changed, and delivers on every channel by itself, so that a slow one holds up no other. */
export class Alerting {
  readonly #services: AlertingServices;
  readonly #loops: Loop[];

  constructor(services: AlertingServices) {
    this.#services = services;
    const every = services.everyMs ?? EVERY_MS;
    const guard = (doing: string, work: () => Promise<void>) => async (): Promise<void> => {
      try {
        await work();
      } catch (error) {
        services.onError(error, doing);
      }
    };
    const channels = [...services.channels.values()].map(
      (channel) =>
        new Loop(
          every,
          guard(`deliver to ${channel.name}`, async () => {
            await beat(services, channel);
            await deliverDue(services, channel);
          }),
        ),
    );
    const planner = new Loop(
      every,
      guard('plan alerts', async () => {
        const at = services.now();
        if ((await planDue(services, at)) > 0) for (const loop of channels) loop.wake();
        services.onPlanned?.(at);
      }),
    );
    this.#loops = [
      planner,
      ...channels,
      new Loop(
        HOUR,
        guard('forget old alerts', () => this.#forget()),
      ),
    ];
  }

  /** Begins. The configuration may have changed since the last time: what is held is looked at again. */
  async start(): Promise<void> {
    const { database, routing, channels, now } = this.#services;
    const names = [...channels.keys()].map((name) => ({
      name,
      heartbeat: (routing.channels.get(name)?.heartbeatMs ?? null) !== null,
    }));
    await database.execute(putChannels(names, now()));
    await database.execute(lookAtAllAlerts(now()));
    for (const loop of this.#loops) loop.start();
  }

  /** Looks at once: an incident changed. */
  wake(): void {
    this.#loops[0]?.wake();
  }

  /** Waits for what has begun. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await Promise.all([...this.#services.channels.values()].map((channel) => channel.close()));
  }

  async #forget(): Promise<void> {
    const { database, now, keepDays = KEEP_DAYS } = this.#services;
    const before = new Date(now().getTime() - keepDays * DAY);
    const refreshes = new Date(now().getTime() - DAY);
    const limit = 5000;
    for (const old of [
      deleteSettledDeliveries(before, refreshes, limit),
      deleteResolvedAlerts(before, limit),
      deleteHolds(before, limit),
    ])
      while ((await database.execute(old)) === limit);
  }
}

/** Does something again and again, never twice at a time. */
class Loop {
  readonly #everyMs: number;
  readonly #work: () => Promise<void>;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(everyMs: number, work: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  start(): void {
    this.#turn();
  }

  /** At once, or again when it is at it. */
  wake(): void {
    if (this.#running === null) this.#turn();
    else this.#again = true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  #turn(): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#again = false;
    this.#running = this.#work().finally(() => {
      this.#running = null;
      if (this.#stopped) return;
      if (this.#again) this.#turn();
      else this.#timer = setTimeout(() => this.#turn(), this.#everyMs);
    });
  }
}
