import type { Evidence } from '#model/evidence.ts';
import { inOrder } from './correlate.ts';
import type { Entry } from './reconcile.ts';

/**
 * Evidence that differs in its subject alone: thirty metrics of one bad partition. One of them is folded, the
 * others lie where it lies: the outcome is the same as if each were, for a thirtieth of the work.
 */
export interface Alike {
  /** One of each, the first. */
  readonly first: readonly Evidence[];
  /** Gives the others their places. */
  readonly withOthers: (entry: Entry) => Entry;
}

export function foldAlike(evidence: readonly Evidence[]): Alike {
  const others = new Map<string, Evidence[]>();
  const firstOf = new Map<string, string>();
  const first: Evidence[] = [];
  for (const piece of inOrder(evidence)) {
    const key = likeness(piece);
    const id = firstOf.get(key);
    if (id === undefined) {
      firstOf.set(key, piece.id);
      first.push(piece);
      continue;
    }
    const list = others.get(id);
    if (list) list.push(piece);
    else others.set(id, [piece]);
  }
  return {
    first,
    withOthers: (entry) => ({
      ...entry,
      attachments: entry.attachments.flatMap((attachment) => [
        attachment,
        ...(others.get(attachment.evidence.id) ?? []).map((piece) => ({
          evidence: piece,
          because: { type: 'same_dataset' as const },
        })),
      ]),
    }),
  };
}

/** All that folding looks at. */
function likeness(piece: Evidence): string {
  const { datasetId, partition, kind, direction, ownFault, madeAt, at, reads } = piece;
  return JSON.stringify([
    datasetId,
    partition,
    kind,
    direction,
    ownFault,
    madeAt?.getTime(),
    at.getTime(),
    reads,
  ]);
}
