import type { CollectorApi } from './collector-api.ts';

/** How a day's request to the gate ended. */
export type Promotion =
  | { readonly status: 'published'; readonly waived: boolean; readonly already: boolean }
  | { readonly status: 'held'; readonly reasons: readonly string[] };

export interface PromotionRequest {
  readonly dataset: string;
  /** `flight_date=2001-01-01`. */
  readonly partition: string;
  /** The table that holds the candidate. */
  readonly staging: string;
  readonly now: Date;
}

const ASKS = 'ada@example.com';
const APPROVES = 'grace@example.com';
const WAIVER_HOURS = 24;

/**
 * Asks the gate to evaluate the candidate and to publish it. Where nothing failed and the gate only says
 * that it cannot judge yet (`learning`: the first days have no history), one person asks for a waiver of
 * exactly these checks for this day, another approves, and the same evaluation is published.
 */
export async function promote(api: CollectorApi, request: PromotionRequest): Promise<Promotion> {
  const evaluation = await api.evaluate(request);
  if (evaluation.decision === 'allow') return { status: 'published', waived: false, already: false };
  const open = evaluation.reasons.filter(({ holds }) => holds);
  const learning = open.length > 0 && open.every(({ status }) => status === 'learning');
  if (!learning) return { status: 'held', reasons: open.map(({ message }) => message) };
  const waiver = await api.requestWaiver(evaluation.id, {
    checkIds: open.map(({ checkId }) => checkId),
    reason: 'first days: no history yet',
    requestedBy: ASKS,
    expiresAt: new Date(request.now.getTime() + WAIVER_HOURS * 3_600_000).toISOString(),
  });
  await api.approveWaiver(waiver, APPROVES);
  await api.publish(evaluation);
  return { status: 'published', waived: true, already: false };
}
