import type { Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import { addDecisions, lockAliases, type DecisionRow } from '#store/aliases.ts';
import type { Database, Queryable } from '#store/database.ts';
import { groupsOf, type GroupRow } from '#store/groups.ts';
import { readAliases, regroup, type AliasPicture } from './regroup.ts';

/** What an operator says of names: `split` takes one out of its group, `clear` takes back what was said of a pair. */
export type Ruling =
  | { readonly verdict: 'join' | 'deny' | 'clear'; readonly dataset: Uuid; readonly other: Uuid }
  | { readonly verdict: 'split'; readonly dataset: Uuid };

/**
 * Records a ruling with its reason and author, and regroups at once. Rulings outrank claims, and the last one
 * on a pair stands. Throws conflict when it cannot hold: a name that stands alone cannot be split, and what
 * contradicts other rulings by a way round (a is b, b is c, a is not c) needs one of them taken back.
 */
export async function rule(
  database: Database,
  ruling: Ruling,
  said: { readonly reason: string; readonly author: string },
  now: Date,
): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.rows(lockAliases());
    const pairs = await pairsOf(connection, ruling);
    const verdict: DecisionRow['verdict'] = ruling.verdict === 'split' ? 'deny' : ruling.verdict;
    await connection.execute(addDecisions({ pairs, verdict, ...said, decidedAt: now }));
    const touched = [...new Set(pairs.flat())];
    await regroup(connection, touched, now);
    refuseContradiction(await readAliases(connection, touched));
  });
}

function refuseContradiction({ nodes, decisions, canonical }: AliasPicture): void {
  const broken = decisions.find(
    ({ a, b, verdict }) => verdict === 'join' && (canonical.get(a) ?? a) !== (canonical.get(b) ?? b),
  );
  if (!broken) return;
  const nameOf = (id: Uuid): string => nodes.find((node) => node.id === id)?.name ?? id;
  throw new Problem(
    'conflict',
    `This contradicts other rulings: ${nameOf(broken.a)} and ${nameOf(broken.b)} are joined, and names that would come together by it are kept apart. "assay alias why" shows them; take one back with "assay alias clear".`,
  );
}

async function pairsOf(connection: Queryable, ruling: Ruling): Promise<readonly (readonly [Uuid, Uuid])[]> {
  if (ruling.verdict !== 'split') {
    if (ruling.dataset !== ruling.other) return [[ruling.dataset, ruling.other]];
    throw new Problem('invalid_request', 'These are two spellings of one name; name two datasets.');
  }
  const others = (await membersOf(connection, ruling.dataset)).filter((id) => id !== ruling.dataset);
  if (others.length > 0) return others.map((other) => [ruling.dataset, other] as const);
  throw new Problem('conflict', 'The dataset has no other name; there is nothing to split.');
}

async function membersOf(connection: Queryable, id: Uuid): Promise<Uuid[]> {
  return (await connection.rows<GroupRow>(groupsOf([id]))).map((row) => row.dataset_id);
}
