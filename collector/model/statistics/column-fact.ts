import type { FactKey } from '../measurement.ts';

/** A plain fact about a dataset or about one of its columns. */
export interface ColumnFact {
  readonly metric: string;
  /** Null: about the dataset. */
  readonly column: string | null;
}

const PLAIN = /^([a-z_]+)(?:\((?:([A-Za-z_][A-Za-z0-9_]*)|"((?:[^"]|"")*)")\))?$/;

/**
 * Takes apart a fact key that names a metric, or a metric of one column; null for keys that say more (several
 * columns, conditions), which rules/ alone understands.
 */
export function columnFact(key: FactKey): ColumnFact | null {
  const [, metric, word, quoted] = PLAIN.exec(key) ?? [];
  if (metric === undefined) return null;
  return { metric, column: word ?? quoted?.replaceAll('""', '"') ?? null };
}
