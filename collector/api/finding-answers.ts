import type { Detection } from '#model/detection.ts';
import type { FindingContext } from '#monitor/finding-context.ts';
import { findingId } from '#monitor/notices.ts';
import { describeState, openStates, type OpenState } from '#monitor/open-states.ts';
import { identityOf } from '#monitor/subjects.ts';
import type { ListedFindingRow } from '#store/verdicts.ts';
import type { Explanation, FindingItem } from './schema/findings.ts';

/** Findings as they are answered: what goes on for three partitions or more is one. */
export function findingsOf(
  rows: readonly ListedFindingRow[],
  contexts: ReadonlyMap<string, FindingContext> = new Map(),
  pages: ReadonlySet<string> = new Set(),
): FindingItem[] {
  return openStates(rows).map((state) => itemOf(state, contexts, pages));
}

function itemOf(
  state: OpenState<ListedFindingRow>,
  contexts: ReadonlyMap<string, FindingContext>,
  pages: ReadonlySet<string>,
): FindingItem {
  const { finding: row, earlier } = state;
  const message = describeState(state);
  const oldest = earlier.at(-1);
  const context = contexts.get(identityOf(row.dataset_id, row.partition));
  return {
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.dataset,
    partition: row.partition,
    metric: row.metric,
    detector: row.detector,
    direction: row.direction,
    value: row.value,
    mean: row.mean,
    low: row.low,
    high: row.high,
    score: row.score,
    slot: row.slot,
    message: row.message,
    explanation: explanationOf(row.detection, row.p),
    since:
      oldest && message !== null
        ? { partition: oldest.partition, partitions: earlier.length + 1, message }
        : null,
    context: context ? { ...context, changes: [...context.changes], pages: pages.has(findingId(row)) } : null,
    decidedAt: row.decided_at.toISOString(),
  };
}

/** What an adaptive mode says beside the columns that all detectors share. */
export function explanationOf(detection: Detection | null, p: number | null): Explanation | null {
  if (detection === null) return null;
  const {
    z,
    threshold,
    ratio,
    hint,
    holiday,
    rules,
    because,
    points,
    where = null,
    segments = [],
  } = detection;
  return {
    z,
    threshold,
    ratio,
    hint,
    holiday,
    rules: [...rules],
    because: because.map((one) => ({ ...one })),
    points,
    where,
    segments: segments.map((one) => ({ ...one })),
    p,
  };
}
