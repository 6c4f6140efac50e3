import { chain, CHAIN_START } from '#model/audit.ts';
import {
  chainHead,
  claimAudit,
  hasUnchained,
  placeActs,
  unchainedActs,
  type ActRow,
  type HeadRow,
} from '#store/audit.ts';
import type { Database } from '#store/database.ts';

const AT_ONCE = 1000;

/**
 * Chains what was done since the last time. One collector at a time does it, beside the acts themselves: nobody who
 * acts waits for another, and nothing of ingest is touched. Resolves with how many were chained.
 */
export async function chainActs(database: Database): Promise<number> {
  let chained = 0;
  for (;;) {
    const [found] = await database.rows<{ waiting: boolean }>(hasUnchained());
    if (!found?.waiting) return chained;
    const placed = await database.transaction(async (connection) => {
      const [lock] = await connection.rows<{ claimed: boolean }>(claimAudit());
      if (!lock?.claimed) return 0;
      const [head = CHAIN_START] = await connection.rows<HeadRow>(chainHead());
      const acts = await connection.rows<ActRow>(unchainedActs(AT_ONCE));
      if (acts.length > 0) await connection.execute(placeActs(chain(head, acts)));
      return acts.length;
    });
    chained += placed;
    if (placed < AT_ONCE) return chained;
  }
}
