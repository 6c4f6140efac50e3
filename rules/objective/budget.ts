/** What happened in a window: how often a promise fell due (or was sampled), and how often it was broken. */
export interface Tally {
  readonly total: number;
  readonly bad: number;
}

/** The share of occurrences that is to be kept when a contract says nothing else. */
export const TARGET = 0.95;
export const BUDGET_DAYS = 30;

export interface Budget {
  /** Part of the budget that is left: 1 untouched, 0 spent, below 0 overspent; null when nothing was due. */
  readonly left: number | null;
  /** How often it may still be broken in the window. */
  readonly remaining: number;
}

/** The error budget of a window. */
export function budgetOf({ total, bad }: Tally, target = TARGET): Budget {
  const allowed = total * (1 - target);
  return { left: total === 0 ? null : 1 - bad / allowed, remaining: Math.floor(allowed - bad + 1e-9) };
}

/** How many times faster than allowed the budget goes: 1 spends it exactly; null when nothing was due. */
export function burnRate({ total, bad }: Tally, target = TARGET): number | null {
  return total === 0 ? null : bad / total / (1 - target);
}
