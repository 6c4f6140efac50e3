import { EVIDENCE_KINDS, type EvidenceKind } from './evidence-kinds.ts';
import type { Uuid } from './ids.ts';

export { EVIDENCE_KINDS, type EvidenceKind } from './evidence-kinds.ts';

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
  /**
   * What the run behind it said that it read: partitions by input. An input that is not there, or a run that is
   * not known: nobody says.
   */
  readonly reads?: Readonly<Record<Uuid, readonly string[]>>;
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

/** Most of what is made of something bad is made within so long of it, for each generation. Milliseconds. */
const SOON = 90 * 60_000;
/** What was made later may have read a later state, or fails for a reason of its own. */
const LATER = 0.1;

/**
 * How well one piece of evidence fits as the cause of another so many generations below, 0..1: by what is
 * wrong, in which direction, because what was made earlier does not come of what was made later, and by what the
 * run below really read, where it says so; else by how soon after the one the other was made.
 */
export function fitAsCause(above: Evidence, below: Evidence, generations: number): number {
  if (above.madeAt !== null && below.madeAt !== null && above.madeAt > below.madeAt) return 0;
  const read = generations === 1 ? hasRead(below, above) : null;
  if (read === false) return 0;
  const inTime = read === true || isSoon(above, below, generations) ? 1 : LATER;
  if (generations > 1)
    return (
      inTime * (explains(above.kind, below.kind) ? 1 : explainsByWay(above.kind, below.kind) ? BY_WAY : 0)
    );
  if (!explains(above.kind, below.kind)) return 0;
  return inTime * (opposed(above, below) ? OPPOSED : 1);
}

/** Whether the run behind one piece of evidence read the data that another is about; null when nobody says. */
function hasRead({ reads }: Evidence, above: Evidence): boolean | null {
  // Keys of other columns (one of the two was inferred) cannot be compared.
  const partitions = reads?.[above.datasetId]?.filter((one) => columnOf(one) === columnOf(above.partition));
  if (partitions === undefined || partitions.length === 0 || above.partition === '') return null;
  return partitions.some((one) => isWithin(one, above.partition) || isWithin(above.partition, one));
}

/** The first column of a partition key. */
function columnOf(partition: string): string {
  return partition.slice(0, partition.indexOf('='));
}

/** `dt=2026-01-01/region=eu` lies within `dt=2026-01-01`. */
function isWithin(partition: string, outer: string): boolean {
  return partition === outer || partition.startsWith(`${outer}/`);
}

function isSoon(above: Evidence, below: Evidence, generations: number): boolean {
  if (above.madeAt === null || below.madeAt === null) return true;
  return below.madeAt.getTime() - above.madeAt.getTime() <= generations * SOON;
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
