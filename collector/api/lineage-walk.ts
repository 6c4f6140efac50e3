import type { Uuid } from '#model/ids.ts';
import type { OrderKey } from '#model/order-key.ts';
import type { Database } from '#store/database.ts';
import { lineageSteps, type StepRow } from '#store/lineage-steps.ts';
import type { EdgeSource, LineageDirection } from '#store/lineage.ts';

/** Where a walk came to. */
export interface Reached {
  /** Steps from where it began. */
  readonly depth: number;
  /** The dataset that it was first reached from; null at the beginning. */
  readonly from: Uuid | null;
}

/** An edge that a walk went along. */
export interface WalkedEdge {
  readonly input: Uuid;
  readonly output: Uuid;
  readonly jobId: Uuid | null;
  readonly source: EdgeSource;
}

export interface Walk {
  readonly direction: LineageDirection;
  /** The beginning included, nearest first. */
  readonly reached: ReadonlyMap<Uuid, Reached>;
  /** Those among them all of whose neighbours in this direction were reached too. */
  readonly whole: ReadonlySet<Uuid>;
  /** All edges in this direction from what is whole. */
  readonly edges: readonly WalkedEdge[];
  /** There is more than was asked for: the limit cut the walk. Its depth does not count as a cut. */
  readonly truncated: boolean;
}

export interface WalkOptions {
  readonly depth: number;
  /** Datasets at most, the beginning included. */
  readonly limit: number;
  /** As of then; null: now. */
  readonly at: OrderKey | null;
}

/** Edges that one statement may answer for each dataset that may still be reached. */
const EDGES_EACH = 8;

/** Walks lineage from one dataset, a statement for each level. */
export async function walkLineage(
  database: Database,
  start: Uuid,
  direction: LineageDirection,
  { depth, limit, at }: WalkOptions,
): Promise<Walk> {
  const reached = new Map<Uuid, Reached>([[start, { depth: 0, from: null }]]);
  const whole = new Set<Uuid>();
  const edges: WalkedEdge[] = [];
  let front: Uuid[] = [start];
  let truncated = false;
  for (let level = 1; level <= depth && front.length > 0 && !truncated; level += 1) {
    const most = limit * EDGES_EACH;
    const steps = await database.rows<StepRow>(lineageSteps(front, direction, at, most));
    truncated = steps.length >= most;
    const next: Uuid[] = [];
    const cut = new Set<Uuid>();
    for (const step of steps) {
      if (reached.has(step.next_id)) continue;
      if (reached.size >= limit) {
        truncated = true;
        cut.add(step.node_id);
        continue;
      }
      reached.set(step.next_id, { depth: level, from: step.node_id });
      next.push(step.next_id);
    }
    if (steps.length < most) for (const id of front) if (!cut.has(id)) whole.add(id);
    for (const step of steps) if (whole.has(step.node_id)) edges.push(edgeOf(step, direction));
    front = next;
  }
  return { direction, reached, whole, edges, truncated };
}

/** An edge in the direction of the data. */
export function edgeOf(step: StepRow, direction: LineageDirection): WalkedEdge {
  const [input, output] =
    direction === 'downstream' ? [step.node_id, step.next_id] : [step.next_id, step.node_id];
  return { input, output, jobId: step.job_id, source: step.source };
}

/** Datasets that are looked at on the way between two, from both ends together. */
const LOOKED_AT = 20_000;
const LONGEST_PATH = 100;

export interface FoundPath {
  /** From the first to the last; empty when there is none. */
  readonly path: readonly Uuid[];
  /** The search was given up before all ways were looked at. */
  readonly truncated: boolean;
}

/** A shortest way that data takes from one dataset to another: walked from both ends, the narrower front first. */
export async function findPath(
  database: Database,
  from: Uuid,
  to: Uuid,
  at: OrderKey | null,
): Promise<FoundPath> {
  if (from === to) return { path: [from], truncated: false };
  const down = new Map<Uuid, Uuid | null>([[from, null]]);
  const up = new Map<Uuid, Uuid | null>([[to, null]]);
  let [below, above] = [[from], [to]];
  for (let level = 0; level < LONGEST_PATH && below.length > 0 && above.length > 0; level += 1) {
    const downwards = below.length <= above.length;
    const [seen, other] = downwards ? [down, up] : [up, down];
    const steps = await database.rows<StepRow>(
      lineageSteps(downwards ? below : above, downwards ? 'downstream' : 'upstream', at, LOOKED_AT),
    );
    const next: Uuid[] = [];
    for (const step of steps.toSorted((a, b) => (a.next_id < b.next_id ? -1 : 1))) {
      if (seen.has(step.next_id)) continue;
      seen.set(step.next_id, step.node_id);
      if (other.has(step.next_id)) return { path: joined(step.next_id, down, up), truncated: false };
      next.push(step.next_id);
    }
    if (downwards) below = next;
    else above = next;
    if (down.size + up.size > LOOKED_AT || steps.length >= LOOKED_AT) return { path: [], truncated: true };
  }
  return { path: [], truncated: below.length > 0 && above.length > 0 };
}

/** The way down to a dataset that both walks met, and on from there. */
function joined(
  meeting: Uuid,
  down: ReadonlyMap<Uuid, Uuid | null>,
  up: ReadonlyMap<Uuid, Uuid | null>,
): Uuid[] {
  const path: Uuid[] = [];
  for (let id: Uuid | null = meeting; id !== null; id = down.get(id) ?? null) path.unshift(id);
  for (let id = up.get(meeting) ?? null; id !== null; id = up.get(id) ?? null) path.push(id);
  return path;
}
