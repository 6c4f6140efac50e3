import { groupAliases, type AliasGroups } from '#model/alias-groups.ts';
import type { AliasName } from '#model/alias.ts';
import type { Uuid } from '#model/ids.ts';
import {
  addGroups,
  aliasDecisions,
  aliasedDatasets,
  aliasEdges,
  aliasNeighbours,
  dropGroups,
  judgeAnew,
  lockAliases,
  markWithheld,
  type AliasEdgeRow,
  type AliasNodeRow,
  type DecisionRow,
} from '#store/aliases.ts';
import type { Queryable } from '#store/database.ts';
import { groupsOf, type GroupRow } from '#store/groups.ts';

/** All that the groups of some datasets depend on, and the groups that follow. */
export interface AliasPicture extends AliasGroups {
  readonly nodes: readonly AliasNodeRow[];
  readonly edges: readonly AliasEdgeRow[];
  readonly decisions: readonly DecisionRow[];
}

/** Reads the neighbourhood of some datasets and works out its groups. */
export async function readAliases(connection: Queryable, ids: readonly Uuid[]): Promise<AliasPicture> {
  const nodes = await connection.rows<AliasNodeRow>(aliasNeighbours(ids));
  const all = nodes.map(({ id }) => id);
  const [edges, decisions] = await Promise.all([
    connection.rows<AliasEdgeRow>(aliasEdges(all)),
    connection.rows<DecisionRow>(aliasDecisions(all)),
  ]);
  return { nodes, edges, decisions, ...groupAliases(nodes.flatMap(nameOf), edges, standing(decisions)) };
}

/**
 * Writes the groups of these datasets and of all that claims or decisions connect them to. Under the lock of
 * aliases, so that the last of several transactions sees what all of them claimed.
 * @param now when changed datasets become due for the monitor; null while replaying.
 * @returns the datasets whose group is another than before.
 */
export async function regroup(
  connection: Queryable,
  ids: readonly Uuid[],
  now: Date | null,
): Promise<Uuid[]> {
  const { nodes, edges, canonical, withheld } = await readAliases(connection, ids);
  const all = nodes.map(({ id }) => id);
  const weighed = edges.map((edge) => ({ ...edge, withheld: withheld.get(edge) ?? null }));
  if (weighed.length > 0) await connection.execute(markWithheld(weighed));
  const before = await connection.rows<GroupRow>(groupsOf(all));
  const rows = [...canonical].map(([dataset_id, canonical_id]): GroupRow => ({ dataset_id, canonical_id }));
  const changed = membersChanged(before, rows);
  if (changed.length === 0) return [];
  await connection.execute(dropGroups(all));
  if (rows.length > 0)
    await connection.execute(addGroups(rows.sort((a, b) => (a.dataset_id < b.dataset_id ? -1 : 1))));
  if (now) await connection.execute(judgeAnew(changed, now));
  return changed;
}

/** The same for every dataset that has or had another name, after a rebuilt model. */
export async function regroupAll(connection: Queryable, now: Date | null): Promise<Uuid[]> {
  await connection.rows(lockAliases());
  const all = await connection.rows<{ id: Uuid }>(aliasedDatasets());
  return all.length === 0
    ? []
    : regroup(
        connection,
        all.map(({ id }) => id),
        now,
      );
}

function nameOf({ id, namespace, name }: AliasNodeRow): AliasName[] {
  return namespace === null || name === null ? [] : [{ id, namespace, name }];
}

function standing(decisions: readonly DecisionRow[]): { a: Uuid; b: Uuid; verdict: 'join' | 'deny' }[] {
  return decisions.flatMap(({ a, b, verdict }) => (verdict === 'clear' ? [] : [{ a, b, verdict }]));
}

function membersChanged(before: readonly GroupRow[], after: readonly GroupRow[]): Uuid[] {
  const [was, is] = [membersOf(before), membersOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((id) => was.get(id) !== is.get(id)).sort();
}

/** By dataset: who stands for its group, and all of the group. */
function membersOf(rows: readonly GroupRow[]): Map<Uuid, string> {
  const groups = new Map<Uuid, Uuid[]>();
  for (const { dataset_id, canonical_id } of rows)
    groups.set(canonical_id, [...(groups.get(canonical_id) ?? []), dataset_id]);
  return new Map(
    [...groups].flatMap(([canonical, members]) => {
      const group = `${canonical} ${members.sort().join(' ')}`;
      return members.map((member) => [member, group] as const);
    }),
  );
}
