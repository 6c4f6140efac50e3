import type { Contract, Deadline, Grain, Objective } from '#model/contract.ts';

/** Landed by a time of day. */
export interface LandedByPromise {
  readonly kind: 'landed_by';
  readonly deadline: Deadline;
  readonly grain: Grain | null;
}

/** freshness, latency: data is there so soon; retention: it is gone after so long. Seconds. */
export interface SpanPromise {
  readonly kind: Objective['kind'];
  readonly seconds: number;
  readonly grain: Grain | null;
}

/** A promise in time that a contract makes. */
export type Promised = (LandedByPromise | SpanPromise) & {
  /** Tells it from the others of its dataset: `landed_by`, `freshness`, `latency(loaded_at)`. */
  readonly name: string;
  /** As people read it. */
  readonly text: string;
  /** First column of the partition key; null without. */
  readonly column: string | null;
};

/** The promises of a contract, each name once: of several deadlines or spans of one kind the first. */
export function promisesOf({ deadline, objectives, partition }: Contract): Promised[] {
  const grain = partition?.grain ?? null;
  const column = partition?.column ?? null;
  const found = new Map<string, Promised>();
  if (deadline !== null) {
    const text = `landed by ${deadline.text}`;
    found.set('landed_by', { kind: 'landed_by', name: 'landed_by', text, deadline, grain, column });
  }
  for (const { kind, seconds, column: measured } of objectives) {
    const name =
      measured === null || measured === partition?.watermark || measured === column
        ? kind
        : `${kind}(${measured})`;
    const text = `${name} within ${spanText(seconds)}`;
    if (!found.has(name)) found.set(name, { kind, name, text, seconds, grain, column });
  }
  return [...found.values()];
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Seconds as people read them, in the two largest units: `2 h 5 min`. */
export function spanText(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(left / size);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
    left -= count * size;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
