import { randomUUID } from 'node:crypto';
import { listAudit, type AuditRow } from '#store/audit.ts';
import type { Database } from '#store/database.ts';
import {
  addHooks,
  claimHook,
  moveHook,
  releaseHook,
  type ClaimedHook,
  type HookRelease,
} from '#store/gate-hooks.ts';

/** What receivers are told of. */
export const GATE_EVENTS = [
  'gate.decided',
  'gate.waived',
  'gate.published',
  'gate.rolled_back',
  'gate.publish_failed',
  'gate.frozen',
  'gate.unfrozen',
] as const;
export type GateEventType = (typeof GATE_EVENTS)[number];

/** The acts of the audit log that these are. */
const TYPES: Readonly<Record<string, GateEventType>> = {
  'gate.decided': 'gate.decided',
  'waiver.approved': 'gate.waived',
  'publish.published': 'gate.published',
  'rollback.published': 'gate.rolled_back',
  'publish.failed': 'gate.publish_failed',
  'gate.freeze': 'gate.frozen',
  'gate.unfreeze': 'gate.unfrozen',
};

/** Who is told of what. */
export interface GateHook {
  readonly name: string;
  readonly events: ReadonlySet<GateEventType>;
}

/** What is sent: docs/gate-webhooks.md has it for those who receive it. Fields are only ever added. */
export interface GateEventDocument {
  readonly version: 1;
  readonly type: GateEventType;
  /** The same for every attempt: its place in the audit log. */
  readonly id: string;
  readonly occurredAt: string;
  readonly actor: string | null;
  readonly datasetId: string | null;
  readonly evaluationId: string | null;
  /** The decision's page, below the address of Assay. */
  readonly path: string | null;
  readonly detail: unknown;
}

/** Sends a document under its key; implemented by adapters/webhook. */
export type SendGateEvent = (
  hook: string,
  document: GateEventDocument,
  now: Date,
) => Promise<
  | { readonly status: 'success' }
  | { readonly status: 'retryable'; readonly reason: string; readonly notBefore?: Date }
  | { readonly status: 'failure'; readonly reason: string }
>;

export interface GateWebhooksOptions {
  readonly database: Database;
  readonly hooks: readonly GateHook[];
  readonly send: SendGateEvent;
  readonly now: () => Date;
  /** When to try again after so many failures. */
  readonly nextAttempt: (attempts: number, notBefore: Date | undefined, now: Date) => Date;
  /** Told of an event that is given up, and of a look that failed. */
  readonly onGivenUp?: (hook: string, event: string, reason: string) => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds between looks. */
  readonly pause?: number;
}

const PAUSE = 2000;
const AT_ONCE = 100;
/** So long one collector is at a receiver, unless it dies. */
const LEASE = 5 * 60_000;
/** What a receiver has not taken by then it is not told any more. */
const PATIENCE = 24 * 60 * 60_000;

/**
 * Tells receivers of decisions, waivers and publications: the audit log is the outbox, a place in it for each
 * receiver is all that is kept. At least once, in the log's order, by one collector at a time; a receiver that does
 * not answer holds up nobody else.
 */
export class GateWebhooks {
  readonly #options: GateWebhooksOptions;
  readonly #owner = randomUUID();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(options: GateWebhooksOptions) {
    this.#options = options;
  }

  /** Notes receivers that are new: they are told of what happens from now on. */
  async start(): Promise<void> {
    const { database, hooks } = this.#options;
    if (hooks.length === 0) return;
    await database.execute(addHooks(hooks.map(({ name }) => name)));
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  /** One look for each receiver; resolves with how many documents were taken. */
  async look(): Promise<number> {
    const taken = await Promise.all(this.#options.hooks.map((hook) => this.#serve(hook)));
    return taken.reduce((sum, one) => sum + one, 0);
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#turn();
    }, this.#options.pause ?? PAUSE);
  }

  async #turn(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.#options.onError?.(error);
    }
    this.#plan();
  }

  async #serve(hook: GateHook): Promise<number> {
    const { database, now } = this.#options;
    const at = now();
    const [claimed] = await database.rows<ClaimedHook>(
      claimHook(hook.name, this.#owner, at, new Date(at.getTime() + LEASE)),
    );
    if (!claimed) return 0;
    let release: Omit<HookRelease, 'position'> = { attempts: claimed.attempts, nextAt: at, lastError: null };
    let taken = 0;
    let position = claimed.position;
    try {
      const acts = await database.rows<AuditRow>(
        listAudit(EVERYTHING, { order: 'first', from: claimed.position, limit: AT_ONCE }),
      );
      for (const act of acts) {
        if (this.#stopped || now().getTime() - at.getTime() > LEASE / 2) break;
        const refused = await this.#tell(hook, act, claimed.attempts + 1);
        if (refused !== null) {
          release = refused;
          break;
        }
        position = act.position;
        if (!isFor(hook, act)) continue;
        taken += 1;
        // After each: what was taken is not sent again by whoever goes on after a crash.
        await database.execute(moveHook(hook.name, this.#owner, position));
        release = { attempts: 0, nextAt: at, lastError: null };
      }
    } finally {
      await database.execute(releaseHook(hook.name, this.#owner, { ...release, position }));
    }
    return taken;
  }

  /** Null when it was taken, needs not be told, or is given up; else when to come again. */
  async #tell(
    hook: GateHook,
    act: AuditRow,
    attempts: number,
  ): Promise<Omit<HookRelease, 'position'> | null> {
    if (!isFor(hook, act)) return null;
    const { send, now, nextAttempt, onGivenUp } = this.#options;
    const outcome = await send(hook.name, documentOf(act), now());
    if (outcome.status === 'success') return null;
    const reason = outcome.reason;
    const old = now().getTime() - act.at.getTime() > PATIENCE;
    if (outcome.status === 'failure' || old) {
      onGivenUp?.(hook.name, idOf(act), reason);
      return null;
    }
    return { attempts, nextAt: nextAttempt(attempts, outcome.notBefore, now()), lastError: reason };
  }
}

const EVERYTHING = {
  actor: null,
  action: null,
  subjectId: null,
  datasetId: null,
  since: null,
  until: null,
} as const;

function isFor(hook: GateHook, { action }: AuditRow): boolean {
  const type = TYPES[action];
  return type !== undefined && hook.events.has(type);
}

const idOf = ({ id }: AuditRow): string => `audit-${id}`;

/** What is told of an act. */
export function documentOf(act: AuditRow): GateEventDocument {
  const detail = JSON.parse(act.detail) as Readonly<Record<string, unknown>>;
  const stated = detail['evaluationId'];
  const evaluationId =
    act.subject === 'evaluation' ? act.subjectId : typeof stated === 'string' ? stated : null;
  return {
    version: 1,
    type: TYPES[act.action] ?? 'gate.decided',
    id: idOf(act),
    occurredAt: act.at.toISOString(),
    actor: act.actor,
    datasetId: act.datasetId,
    evaluationId,
    path: evaluationId === null ? null : `/publications/${evaluationId}`,
    detail,
  };
}
