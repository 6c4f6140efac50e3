import type { Uuid } from '#model/ids.ts';
import { ancestorsOf } from './ancestors.ts';
import type { LineageView } from './causality.ts';

export interface PageWait {
  /** Milliseconds that consequences have to gather before anyone is called. */
  readonly least: number;
  /** Milliseconds at most, while something above is still being judged: it may be the cause. */
  readonly most: number;
}

export const PAGE_WAIT: PageWait = { least: 10 * 60_000, most: 30 * 60_000 };

const STEP = 60_000;

/**
 * When an incident calls someone: after a short wait, and a little longer while an input of what was seen
 * first is still being judged. A page that names the wrong table, corrected two minutes later, has woken the
 * wrong person.
 */
export function pageTime(
  first: { readonly datasetId: Uuid; readonly openedAt: Date },
  view: LineageView,
  wait: PageWait = PAGE_WAIT,
): Date {
  const above = [...ancestorsOf(first.datasetId, view, 2).keys()];
  const opened = first.openedAt.getTime();
  for (let waited = wait.least; waited < wait.most; waited += STEP) {
    const at = new Date(opened + waited);
    if (!above.some((id) => view.healthOf(id, at) === 'pending')) return at;
  }
  return new Date(opened + wait.most);
}
