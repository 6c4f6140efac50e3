import type { Mark, MarkKind } from './detection.ts';
import type { Uuid } from './ids.ts';
import { partitionTime } from './partition.ts';

export const MARK_KINDS = [
  'expected',
  'new_normal',
  'incident',
  'noisy',
] as const satisfies readonly MarkKind[];

/** What a person said, as it is kept. */
export interface StatedMark {
  readonly id: Uuid;
  readonly kind: MarkKind;
  readonly partition: string;
  /** null: every metric of the partition. */
  readonly metric: string | null;
  readonly reason: string;
  readonly author: string;
  readonly markedAt: Date;
}

/**
 * What a detector is told when it judges one metric of one partition: the marks of this metric, or of every
 * metric, on that partition and on those before it. `expected`, `new_normal` and `incident` exclude each
 * other, so of those about one partition the last word stands; `noisy` adds up. Which order the marks are
 * given in does not matter.
 * @param marks those that nobody took back
 */
export function marksInForce(
  marks: readonly StatedMark[],
  metric: string,
  partition: string,
): readonly (Mark & Pick<StatedMark, 'id'>)[] {
  const about = marks
    .filter((mark) => (mark.metric === null || mark.metric === metric) && mark.partition <= partition)
    .toSorted(inOrder);
  const last = new Map(about.filter(({ kind }) => kind !== 'noisy').map((mark) => [mark.partition, mark]));
  return about
    .filter((mark) => mark.kind === 'noisy' || last.get(mark.partition) === mark)
    .map(({ id, kind, partition: marked, markedAt }) => ({
      id,
      kind,
      partition: marked,
      // Of a key without a time only the order is known, and detectors compare those by the key.
      at: partitionTime(marked) ?? markedAt,
      markedAt,
    }));
}

function inOrder(a: StatedMark, b: StatedMark): number {
  return a.markedAt.getTime() - b.markedAt.getTime() || (a.id < b.id ? -1 : 1);
}
