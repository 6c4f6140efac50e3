import type { RunItem } from '../../../collector/api/schema/model.ts';

/** A run in the timeline: how deep below the top, and where its bar lies, both as shares of the whole span. */
export interface TimelineRow {
  readonly run: RunItem;
  readonly depth: number;
  readonly from: number;
  readonly length: number;
}

export interface TimelineShape {
  readonly rows: readonly TimelineRow[];
  /** Milliseconds since 1970. */
  readonly begin: number;
  readonly end: number;
}

/** Runs as a tree by their parents, each beside its time; what is open lasts until `now` (milliseconds). */
export function timelineShape(runs: readonly RunItem[], now: number): TimelineShape {
  const spans = new Map(runs.map((run) => [run.id, spanOf(run, now)]));
  const begin = Math.min(...[...spans.values()].map(([from]) => from));
  const end = Math.max(...[...spans.values()].map(([, to]) => to));
  const whole = Math.max(1, end - begin);
  const rows = inOrder(runs, spans).map(({ run, depth }) => {
    const [from, to] = spans.get(run.id) ?? [begin, end];
    return { run, depth, from: (from - begin) / whole, length: (to - from) / whole };
  });
  return { rows, begin, end };
}

type Span = readonly [from: number, to: number];

function spanOf(run: RunItem, now: number): Span {
  const last = Date.parse(run.lastEventAt);
  const from = run.startedAt === null ? last : Date.parse(run.startedAt);
  const isOpen = run.state === 'RUNNING' || run.state === 'STARTED';
  const to = run.endedAt === null ? (isOpen ? Math.max(now, last) : last) : Date.parse(run.endedAt);
  return [Math.min(from, to), Math.max(from, to)];
}

/** Each parent before its children, those that began first first. A circle of parents is cut where it is met. */
function inOrder(
  runs: readonly RunItem[],
  spans: ReadonlyMap<string, Span>,
): { readonly run: RunItem; readonly depth: number }[] {
  const sorted = runs.toSorted((a, b) => (spans.get(a.id)?.[0] ?? 0) - (spans.get(b.id)?.[0] ?? 0));
  const known = new Set(sorted.map(({ id }) => id));
  const children = new Map<string, RunItem[]>();
  const tops: RunItem[] = [];
  for (const run of sorted) {
    const parent = run.parentRunId;
    if (parent === null || parent === run.id || !known.has(parent)) tops.push(run);
    else children.set(parent, [...(children.get(parent) ?? []), run]);
  }
  const placed = new Map<string, { readonly run: RunItem; readonly depth: number }>();
  const place = (first: RunItem): void => {
    const waiting = [{ run: first, depth: 0 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (placed.has(next.run.id)) continue;
      placed.set(next.run.id, next);
      const { depth } = next;
      const below = children.get(next.run.id) ?? [];
      waiting.push(...below.toReversed().map((run) => ({ run, depth: depth + 1 })));
    }
  };
  tops.forEach(place);
  sorted.forEach(place);
  return [...placed.values()];
}
