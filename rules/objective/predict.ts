/** A dataset that must land before another can, with how long making it usually takes. */
export interface Step {
  readonly id: string;
  /** It is there for the period in question. */
  readonly landed: boolean;
  /** Seconds of completed runs that made it, about the last 30 days. */
  readonly usual: readonly number[];
  /** When the run began that is making it now; null when none is. */
  readonly runningSince: Date | null;
  /** What it is made of, as far as it must be made anew for it. */
  readonly inputs: readonly string[];
}

export interface Prediction {
  /** When it will be there if all goes as slowly as in one of ten cases, and everything begins at once. */
  readonly expectedAt: Date;
  readonly willMiss: boolean;
  /** From when on that would be too late, if nothing happens until then. */
  readonly warnAt: Date;
  /** From what everything waits for to the dataset itself; the first is the one that blocks. */
  readonly path: readonly string[];
}

/** Before that many runs nobody knows what is usual. */
const FEWEST = 5;

/** Milliseconds that a way takes: what is usual, and how far the tenth slowest case lies above, squared. */
interface Way {
  readonly median: number;
  readonly spread: number;
  readonly path: readonly string[];
}

/**
 * Whether a dataset will miss its deadline: now and the 90 % quantile of what remains of the longest way to it.
 * Durations along a way are taken to be independent, so their spreads add up as squares. A step nobody knows
 * the duration of counts as none: it is never made to look later than what is known. Null when nothing is known
 * of the dataset itself, or it is there.
 */
export function predict(
  target: string,
  steps: ReadonlyMap<string, Step>,
  dueAt: Date,
  now: Date,
): Prediction | null {
  const own = steps.get(target);
  if (own === undefined || own.landed || own.usual.length < FEWEST) return null;
  const { median, spread, path } = wayTo(target, steps, now, new Map());
  const remaining = median + Math.sqrt(spread);
  const expectedAt = new Date(+now + remaining);
  // A millisecond later it is too late.
  return { expectedAt, willMiss: expectedAt > dueAt, warnAt: new Date(+dueAt - remaining + 1), path };
}

function wayTo(id: string, steps: ReadonlyMap<string, Step>, now: Date, known: Map<string, Way | null>): Way {
  const step = steps.get(id);
  const before = known.get(id);
  if (before) return before;
  // Null: it is being looked at; a circle is no way.
  if (step === undefined || step.landed || before === null) return { median: 0, spread: 0, path: [] };
  known.set(id, null);
  let longest: Way = { median: 0, spread: 0, path: [] };
  // What runs has its inputs.
  if (step.runningSince === null)
    for (const input of step.inputs) {
      const way = wayTo(input, steps, now, known);
      const isLonger = way.median + Math.sqrt(way.spread) > longest.median + Math.sqrt(longest.spread);
      if (isLonger || (longest.path.length === 0 && way.path.length > 0)) longest = way;
    }
  const sorted = step.usual.toSorted((a, b) => a - b);
  const elapsed = step.runningSince === null ? 0 : Math.max(0, +now - +step.runningSince);
  const left = (q: number): number =>
    sorted.length < FEWEST ? 0 : Math.max(0, quantile(sorted, q) * 1000 - elapsed);
  const way = {
    median: longest.median + left(0.5),
    spread: longest.spread + (left(0.9) - left(0.5)) ** 2,
    path: [...longest.path, id],
  };
  known.set(id, way);
  return way;
}

/** Between neighbours, as most do it (Hyndman and Fan, type 7). */
function quantile(sorted: readonly number[], q: number): number {
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
