import type { AliasClaim } from '#model/alias.ts';
import { addAliases, lockAliases, type AliasRow } from '#store/aliases.ts';
import type { Queryable } from '#store/database.ts';
import type { FactSet, KnownFacts } from './known-facts.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import { regroup } from './regroup.ts';

/** What of an event tells of aliases. */
export type Claims = Pick<EventDelta, 'key' | 'producer' | 'aliases' | 'standing'>;

/** By claim, and the producer who made it last: claims that recur come as the same object, and their text as hashed before. */
const facts = new WeakMap<AliasClaim, { readonly producer: string; readonly fact: string }>();

function factOf(claim: AliasClaim, producer: string): string {
  const last = facts.get(claim);
  if (last?.producer === producer) return last.fact;
  const fact = `alias ${claim.from.id}${claim.to.id}${claim.kind} ${producer}`;
  facts.set(claim, { producer, fact });
  return fact;
}

/**
 * Stores claims that two names are one and regroups what they touch. A claim that is known already costs
 * one look into memory. To be called last in a transaction: it takes the lock of aliases, and who holds that
 * must wait for nothing else.
 * @param fresh takes the facts to remember once the transaction has committed.
 * @param now as for `regroup`.
 */
export async function projectAliases(
  connection: Queryable,
  deltas: readonly Claims[],
  known: KnownFacts,
  fresh: FactSet,
  now: Date | null,
): Promise<void> {
  const rows = new Map<string, AliasRow>();
  for (const delta of deltas) {
    if (known.hasAllOf(delta)) continue;
    const { aliases, key, producer } = delta;
    for (const claim of aliases) {
      const { kind, from, to } = claim;
      const fact = factOf(claim, producer);
      if (kind !== 'rename') {
        if (!known.has(fact))
          rows.set(fact, { kind, from: from.id, to: to.id, producer, firstKey: null, lastKey: null });
        continue;
      }
      // When a rename was told first and last decides whether it joins: it is never known already.
      const told = rows.get(fact);
      const firstKey = told?.firstKey && told.firstKey < key ? told.firstKey : key;
      const lastKey = told?.lastKey && told.lastKey > key ? told.lastKey : key;
      rows.set(fact, { kind, from: from.id, to: to.id, producer, firstKey, lastKey });
    }
  }
  if (rows.size === 0) return;
  await connection.rows(lockAliases());
  const sorted = [...rows.keys()].sort().flatMap((fact) => rows.get(fact) ?? []);
  const added = await connection.rows<{ from_id: string; to_id: string }>(addAliases(sorted));
  const touched = [...new Set(added.flatMap((row) => [row.from_id, row.to_id]))];
  if (touched.length > 0) await regroup(connection, touched, now);
  for (const [fact, { kind }] of rows) if (kind !== 'rename') fresh.add(fact);
}
