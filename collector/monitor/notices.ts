import { triage } from '#detectors/fleet/triage.ts';

/** Notices that the owner of datasets gets of one day. */
export const NOTICES_A_DAY = 10;

/** How rare a notice is taken to be that says no p: a slow drift is found about once in three metric-months. */
const UNKNOWN_P = 0.01;

/** A notice as far as the budget looks at it. */
export interface Notice {
  readonly dataset_id: string;
  readonly partition: string;
  readonly metric: string;
  readonly detector: string;
  readonly owner: string | null;
  readonly p: number | null;
  readonly decided_at: Date;
}

/** Tells findings and notices apart. */
export function findingId(one: Omit<Notice, 'owner' | 'p' | 'decided_at'>): string {
  return JSON.stringify([one.dataset_id, one.partition, one.metric, one.detector]);
}

/**
 * Of findings those worth waking somebody for, by `findingId`: what is certain (a hard rule, or no matter of
 * degree), and what is rarer than is tolerated at the dataset's tier.
 */
export function pagesAmong(
  findings: readonly (Omit<Notice, 'owner'> & {
    readonly detection: { readonly z: number | null; readonly rules: readonly string[] } | null;
  })[],
  agreed: ReadonlyMap<string, { readonly tier: number }>,
): ReadonlySet<string> {
  const { pages } = triage(
    findings.map((one) => ({
      id: findingId(one),
      team: '',
      tier: agreed.get(one.dataset_id)?.tier ?? 3,
      p: one.p ?? UNKNOWN_P,
      certain: one.detection !== null && (one.detection.rules.length > 0 || one.detection.z === null),
    })),
    0,
  );
  return new Set(pages);
}

/**
 * Of the notices of each owner and day the rarest, as many as one reads. What a whole fleet says by chance
 * grows with the fleet, what a person reads does not.
 */
export function withinBudget<T extends Notice>(notices: readonly T[]): T[] {
  const { pages, notices: kept } = triage(
    notices.map((one) => ({
      id: findingId(one),
      team: JSON.stringify([one.owner, one.decided_at.toISOString().slice(0, 10)]),
      tier: 3,
      p: one.p ?? UNKNOWN_P,
      certain: false,
    })),
    NOTICES_A_DAY,
  );
  const shown = new Set([...pages, ...kept]);
  return notices.filter((one) => shown.has(findingId(one)));
}
