import type { Side } from './terms.ts';

/** What is asked for beside the dataset. */
export interface LineageQuestion {
  readonly dataset: string;
  readonly column?: string | null;
  /** Steps each way; null: as far as there is anything. */
  readonly depth: number | null;
  /** ISO 8601; null: now. */
  readonly at?: string | null;
  readonly side?: Side;
  readonly limit?: number;
}

/** The path of the API that answers it. */
export function lineagePath({ dataset, column, depth, at, side, limit }: LineageQuestion): string {
  const asked = new URLSearchParams({ dataset });
  if (column) asked.set('column', column);
  if (depth !== null) asked.set('depth', String(depth));
  if (at) asked.set('at', at);
  if (side) asked.set('direction', side);
  if (limit !== undefined) asked.set('limit', String(limit));
  return `/api/v2/lineage?${asked.toString()}`;
}

/** Datasets that are asked for at once; what is cut is told. */
const MOST = 5000;

/** What the page of a dataset's lineage asks by its address. */
export function questionOf(dataset: string, search: URLSearchParams): LineageQuestion {
  const [column, at] = [search.get('column'), search.get('at')];
  return { dataset, column, depth: stepsOf(search), at, limit: MOST };
}

/** How far is looked: one step at first, of a column all of its way; null: as far as there is anything. */
export function stepsOf(search: URLSearchParams): number | null {
  const steps = search.get('steps') ?? (search.get('column') === null ? '1' : 'all');
  const number = Number(steps);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, 1000) : null;
}
