import type { Uuid } from './ids.ts';

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

export type EvidenceSeverity = 'notice' | 'warning' | 'critical';

/**
 * One thing that was seen to be wrong: a finding, a failed check, a missed objective, a failed run, a
 * blocked publication. Evidence is a fact of the past: it is never changed, only added.
 */
export interface Evidence {
  /** The same fact has the same id however often it is told. */
  readonly id: string;
  readonly datasetId: Uuid;
  /** Canonical partition key; '' without. */
  readonly partition: string;
  readonly kind: EvidenceKind;
  readonly severity: EvidenceSeverity;
  /** When it was seen. */
  readonly at: Date;
  /** When the data that it is about was made (its run ended); null when that is not known. */
  readonly madeAt: Date | null;
  /** Whether there is too much or too little of it; null where that says nothing. */
  readonly direction: 'up' | 'down' | null;
  /** One sentence, the reason first. */
  readonly summary: string;
  /** What was looked at: `row_count`, a check's id, a run's job. */
  readonly subject: string;
  /**
   * The class of error when the thing failed for a reason of its own that no input explains (a stack trace's
   * exception, an out-of-memory kill); null otherwise.
   */
  readonly ownFault: string | null;
}

/**
 * Which kinds upstream explain which downstream. A null spike above does not make a table late; a late table
 * makes the ones below late, or short of rows.
 */
const EXPLAINS: Readonly<Record<EvidenceKind, readonly EvidenceKind[]>> = {
  run: ['run', 'freshness', 'volume', 'publication', 'integrity'],
  freshness: ['run', 'freshness', 'volume', 'publication', 'integrity'],
  volume: ['volume', 'completeness', 'distribution', 'integrity', 'publication', 'cost'],
  completeness: ['completeness', 'distribution', 'volume', 'integrity', 'publication'],
  distribution: ['distribution', 'volume', 'publication'],
  schema: [
    'schema',
    'run',
    'freshness',
    'completeness',
    'distribution',
    'volume',
    'integrity',
    'publication',
  ],
  integrity: ['volume', 'distribution', 'integrity', 'completeness', 'publication'],
  publication: ['freshness', 'publication', 'volume', 'run'],
  cost: ['cost', 'freshness'],
};

/** Kinds whose direction is handed down: half of the rows above make half of the rows below. */
const DIRECTED: readonly EvidenceKind[] = ['volume', 'completeness'];

/** Whether something of kind `above` wrong with an input can make something of kind `below` wrong with an output. */
export function explains(above: EvidenceKind, below: EvidenceKind): boolean {
  return EXPLAINS[above].includes(below);
}

/** What follows over one silent dataset in between: what explains something that explains it. */
function explainsByWay(above: EvidenceKind, below: EvidenceKind): boolean {
  return EXPLAINS[above].some((between) => explains(between, below));
}

/** An opposite direction is rare, not impossible: a join may turn lost rows into repeated ones. */
const OPPOSED = 0.1;
/** Over datasets that nobody looked at what is wrong may change its kind. */
const BY_WAY = 0.7;

/**
 * How well one piece of evidence fits as the cause of another so many generations below, 0..1: by what is
 * wrong, in which direction, and because what was made earlier does not come of what was made later.
 */
export function fitAsCause(above: Evidence, below: Evidence, generations: number): number {
  if (above.madeAt !== null && below.madeAt !== null && above.madeAt > below.madeAt) return 0;
  if (generations > 1)
    return explains(above.kind, below.kind) ? 1 : explainsByWay(above.kind, below.kind) ? BY_WAY : 0;
  if (!explains(above.kind, below.kind)) return 0;
  return opposed(above, below) ? OPPOSED : 1;
}

/** Whether a dataset that is bad again, in new data, is bad in the same way. */
export function isSameTrouble(a: Evidence, b: Evidence): boolean {
  return a.kind === b.kind && !opposed(a, b);
}

/** Whether two things may have one cause above both: what explains the one explains the other. */
export function mayShareCause(a: Evidence, b: Evidence): boolean {
  if (opposed(a, b)) return false;
  return EVIDENCE_KINDS.some((cause) => explains(cause, a.kind) && explains(cause, b.kind));
}

function opposed(a: Evidence, b: Evidence): boolean {
  const directed = a.kind === b.kind && DIRECTED.includes(a.kind);
  return directed && a.direction !== null && b.direction !== null && a.direction !== b.direction;
}
