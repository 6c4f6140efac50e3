import { TARGET } from './budget.ts';

/** The share of times that promises are to be kept, 0..1, by the tier of their dataset. */
export type ObjectiveTargets = Readonly<Record<1 | 2 | 3, number>>;

/** Targets as they are written: percent, for all tiers and for single ones. */
export interface StatedTargets {
  readonly target?: number;
  readonly tiers?: Readonly<Record<string, number | undefined>>;
}

export function targetsOf({ target = TARGET * 100, tiers = {} }: StatedTargets = {}): ObjectiveTargets {
  const of = (tier: string): number => (tiers[tier] ?? target) / 100;
  return { 1: of('1'), 2: of('2'), 3: of('3') };
}
