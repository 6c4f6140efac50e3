/** What is wrong with a dataset, as far as it decides what may cause what. */
export const EVIDENCE_KINDS = [
  /** A run failed or was lost: its outputs stay as they were, or absent. */
  'run',
  /** Late or absent data, a missed objective. */
  'freshness',
  /** Too few, too many or repeated rows. */
  'volume',
  /** Nulls, missing or invalid values. */
  'completeness',
  /** Values moved: means, distributions, groups, sums. */
  'distribution',
  /** Columns or types changed. */
  'schema',
  /** Duplicate keys, broken references. */
  'integrity',
  /** A candidate that the gate holds back. */
  'publication',
  /** Slow or dear, and right. */
  'cost',
] as const;

export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
