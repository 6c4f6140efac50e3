import { readAliases } from '#ingest/regroup.ts';
import { chainBetween } from '#model/alias-chain.ts';
import type { Uuid } from '#model/ids.ts';
import { decisionHistory, type DecisionRow } from '#store/aliases.ts';
import type { Database } from '#store/database.ts';
import type { NamedDatasetRow } from '#store/lineage.ts';
import type { WhyAnswer } from './schema/aliases.ts';

type Claim = WhyAnswer['claims'][number];

/** Why names are one dataset, or are not: all claims and decisions about them. */
export async function whyOne(
  database: Database,
  asked: NamedDatasetRow,
  other: NamedDatasetRow | null,
): Promise<WhyAnswer> {
  const picture = await readAliases(database, other ? [asked.id, other.id] : [asked.id]);
  const names = new Map(
    picture.nodes.map(({ id, namespace, name }) => [
      id,
      { id, namespace: namespace ?? '', name: name ?? id },
    ]),
  );
  const nameOf = (id: Uuid): Claim['from'] => names.get(id) ?? { id, namespace: '', name: id };
  const canonical = (id: Uuid): Uuid => picture.canonical.get(id) ?? id;

  const heads = new Set([asked.id, ...(other ? [other.id] : [])].map(canonical));
  const shown = new Set([...names.keys()].filter((id) => heads.has(canonical(id))));
  const links = [
    ...picture.decisions
      .filter(({ verdict }) => verdict === 'join')
      .map(({ a, b, author }) => ({ kind: 'operator', from: a, to: b, by: [author], withheld: null })),
    ...picture.edges.map((edge) => ({
      kind: edge.kind,
      from: edge.from,
      to: edge.to,
      by: [...edge.producers],
      withheld: picture.withheld.get(edge) ?? null,
    })),
  ];
  const claimOf = ({ from, to, ...link }: (typeof links)[number]): Claim => ({
    ...link,
    from: nameOf(from),
    to: nameOf(to),
  });
  const applied = links.filter(({ withheld }) => withheld === null);
  const chain = other && heads.size === 1 ? chainBetween(applied, asked.id, other.id) : null;
  const history = await database.rows<DecisionRow>(decisionHistory([...shown]));
  return {
    asked: nameOf(asked.id),
    dataset: nameOf(canonical(asked.id)),
    aliases: [...shown]
      .filter((id) => canonical(id) === canonical(asked.id) && id !== canonical(asked.id))
      .map(nameOf)
      .sort((a, b) => (a.namespace + a.name < b.namespace + b.name ? -1 : 1)),
    claims: links.filter(({ from, to }) => shown.has(from) || shown.has(to)).map(claimOf),
    chain: chain?.map(claimOf) ?? null,
    decisions: decisionsOf(history, nameOf),
  };
}

function decisionsOf(
  history: readonly DecisionRow[],
  nameOf: (id: Uuid) => Claim['from'],
): WhyAnswer['decisions'] {
  const spoken = new Set<string>();
  return history.map(({ a, b, verdict, reason, author, decided_at: decidedAt }) => {
    const stands = !spoken.has(a + b);
    spoken.add(a + b);
    return {
      verdict,
      dataset: nameOf(a),
      with: nameOf(b),
      reason,
      author,
      decidedAt: decidedAt.toISOString(),
      stands,
    };
  });
}
