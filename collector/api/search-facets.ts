import type { SearchAnswerRow } from '#store/search.ts';
import type { SearchAnswer } from './schema/search.ts';

/** Values that are told of each facet. */
const SHOWN = 20;

/** How often each value stands among the ranked hits, the most frequent first. */
export function facetsOf({ values }: Pick<SearchAnswerRow, 'values'>): SearchAnswer['facets'] {
  return {
    kind: counted(values.kind),
    layer: counted(values.layer),
    owner: counted(values.owner),
    tag: counted(values.tag?.flat() ?? null),
    platform: counted(values.platform),
    status: counted(values.status),
  };
}

function counted(values: readonly (string | null)[] | null): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values ?? []) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, SHOWN);
}
