/** What is known of the content of one partition. */
export interface PartitionContent {
  readonly partition: string;
  readonly rows?: number;
  /** Of the rows whatever their order; equal checksums mean equal rows. */
  readonly checksum?: string;
  /** Bottom-k sketch of the keys: the k smallest hashes, ascending, each once. All of one length of hash. */
  readonly keys?: readonly bigint[];
}

export interface StaleCopy {
  readonly detector: 'stale_copy';
  readonly status: 'normal' | 'notice' | 'anomalous' | 'learning' | 'no_data';
  /** The earlier partition that it repeats. */
  readonly of: string | null;
  readonly by: 'checksum' | 'keys' | null;
  /** Estimated part of the keys that both have, of all that either has; null without sketches. */
  readonly similarity: number | null;
  /** What that part is between neighbours of the history. */
  readonly usualSimilarity: number | null;
  readonly message: string;
}

/** Fewer rows may well be the same by chance. */
const ENOUGH_ROWS = 10;
/** A sketch of fewer hashes estimates nothing, unless it holds all keys. */
const ENOUGH_HASHES = 64;
/** From this similarity on two partitions are one. */
const SAME = 0.98;
/** Neighbours that usually share so many keys are snapshots of one thing. */
const SNAPSHOT = 0.8;
/** Earlier partitions that are compared with, newest first. */
const LOOK_BACK = 14;

/**
 * Does a partition hold the rows of an earlier one again? By equal checksums, which are proof, else by the
 * estimated overlap of their keys. Where that is usual (a table that hardly ever changes, daily snapshots of
 * the same customers) it says nothing. It is beside the rule that a count repeats exactly, which needs no
 * content.
 * @param history earlier partitions, oldest first
 */
export function staleCopy(
  history: readonly PartitionContent[],
  target: PartitionContent,
  { label }: { readonly label: string },
): StaleCopy {
  const earlier = history.filter(({ partition }) => partition !== target.partition).slice(-LOOK_BACK);
  const nothing = {
    detector: 'stale_copy',
    of: null,
    by: null,
    similarity: null,
    usualSimilarity: null,
  } as const;
  if (target.rows === 0 || (target.checksum === undefined && target.keys === undefined)) {
    const why = target.rows === 0 ? 'is empty' : 'has neither a checksum nor a sketch of its keys';
    return { ...nothing, status: 'no_data', message: `${label} ${target.partition} ${why}` };
  }
  if (target.rows !== undefined && target.rows < ENOUGH_ROWS)
    return {
      ...nothing,
      status: 'learning',
      message: `${label} ${target.partition} has too few rows to tell a copy by`,
    };
  const newestFirst = earlier.toReversed();
  const twin =
    target.checksum === undefined
      ? undefined
      : newestFirst.find(({ checksum }) => checksum === target.checksum);
  if (twin !== undefined) {
    const usual = repeatsBefore(earlier);
    const told = `${label} ${target.partition} has exactly the rows of ${twin.partition}`;
    return {
      ...nothing,
      status: usual ? 'normal' : 'anomalous',
      of: twin.partition,
      by: 'checksum',
      message: usual ? `${told}, as often before` : `a stale copy: ${told}`,
    };
  }
  const compared = newestFirst.flatMap((one) => {
    const similarity = keySimilarity(one.keys, target.keys);
    return similarity === null ? [] : [{ partition: one.partition, similarity }];
  });
  const nearest = compared.reduce<(typeof compared)[number] | undefined>(
    (best, one) => (best === undefined || one.similarity > best.similarity ? one : best),
    undefined,
  );
  if (nearest === undefined) {
    const known = target.checksum !== undefined && earlier.some(({ checksum }) => checksum !== undefined);
    const message = known
      ? `${label} ${target.partition} repeats no earlier partition`
      : `${label} ${target.partition} has no earlier partition to compare with`;
    return { ...nothing, status: known ? 'normal' : 'learning', message };
  }
  const usualSimilarity = medianSimilarity(earlier);
  const found = { ...nothing, similarity: nearest.similarity, usualSimilarity };
  const shared = `${Math.round(nearest.similarity * 100)} % of the keys of ${label} ${target.partition} and ${nearest.partition} are the same`;
  if (nearest.similarity < SAME) return { ...found, status: 'normal', message: shared };
  const copy = { ...found, of: nearest.partition, by: 'keys' } as const;
  if (usualSimilarity === null)
    return {
      ...copy,
      status: 'notice',
      message: `perhaps a stale copy: ${shared}, what is usual is not known yet`,
    };
  if (usualSimilarity >= SNAPSHOT) return { ...copy, status: 'normal', message: `${shared}, as usual` };
  const usual = `usually ${Math.round(usualSimilarity * 100)} %`;
  // Other rows of the same keys: the checksums say so.
  const other =
    target.checksum !== undefined &&
    earlier.some(({ partition, checksum }) => partition === nearest.partition && checksum !== undefined);
  return {
    ...copy,
    status: other ? 'notice' : 'anomalous',
    message: `${other ? 'the same keys with other values' : 'a stale copy'}: ${shared}, ${usual}`,
  };
}

/**
 * The estimated Jaccard similarity of two sets by their bottom-k sketches: of the k smallest hashes of the
 * union the part that both hold. null when a sketch is missing or too small to say.
 */
export function keySimilarity(
  one: readonly bigint[] | undefined,
  other: readonly bigint[] | undefined,
): number | null {
  if (one === undefined || other === undefined) return null;
  const k = Math.min(one.length, other.length);
  if (k < ENOUGH_HASHES) return null;
  let shared = 0;
  let [a, b] = [0, 0];
  for (let taken = 0; taken < k; taken += 1) {
    const [left, right] = [one[a], other[b]];
    if (left !== undefined && left === right) shared += 1;
    if (right === undefined || (left !== undefined && left <= right)) a += 1;
    if (left === undefined || (right !== undefined && right <= left)) b += 1;
  }
  return shared / k;
}

/** Whether at least a tenth of the earlier partitions repeat the one before them. */
function repeatsBefore(earlier: readonly PartitionContent[]): boolean {
  const steps = earlier.slice(1).map((one, index) => [earlier[index]?.checksum, one.checksum] as const);
  const known = steps.filter(([a, b]) => a !== undefined && b !== undefined);
  return known.filter(([a, b]) => a === b).length > 0.1 * known.length;
}

function medianSimilarity(earlier: readonly PartitionContent[]): number | null {
  const steps = earlier
    .slice(1)
    .flatMap((one, index) => keySimilarity(earlier[index]?.keys, one.keys) ?? [])
    .sort((a, b) => a - b);
  return steps.length < 3 ? null : (steps[steps.length >> 1] ?? null);
}
