import type { DatasetItem, SeriesPoint } from '../../../collector/api/schema/overview.ts';
import type { MarkKind } from './mark.tsx';
import { figure } from './words.ts';

export interface StateWord {
  readonly kind: MarkKind;
  readonly word: string;
}

const RUN_WORDS: Readonly<Record<string, StateWord>> = {
  FAILED: { kind: 'failed', word: 'Run failed' },
  ABORTED: { kind: 'failed', word: 'Run aborted' },
  COMPLETED: { kind: 'fine', word: 'Completed' },
  RUNNING: { kind: 'running', word: 'Running' },
  STARTED: { kind: 'running', word: 'Started' },
  LOST: { kind: 'failed', word: 'Lost' },
};

/** How a run stands. */
export function runState(state: string): StateWord {
  return RUN_WORDS[state] ?? { kind: 'unknown', word: 'Unclear' };
}

const PUBLICATION_WORDS: Readonly<Record<string, StateWord>> = {
  pending: { kind: 'running', word: 'Being tested' },
  held: { kind: 'held', word: 'Held' },
  ready: { kind: 'fine', word: 'Allowed' },
  publishing: { kind: 'running', word: 'Being published' },
  published: { kind: 'published', word: 'Published' },
  rolled_back: { kind: 'rolled_back', word: 'Rolled back' },
  failed: { kind: 'failed', word: 'Not published' },
};

/** How a candidate stands towards gold. */
export function publicationState(state: string): StateWord {
  return PUBLICATION_WORDS[state] ?? { kind: 'unknown', word: state };
}

/** The one word for a dataset: the worst thing that is true of it. */
export function datasetState(item: DatasetItem): StateWord {
  if (item.heldPartitions > 0)
    return { kind: 'held', word: item.heldPartitions === 1 ? 'Held' : `${figure(item.heldPartitions)} held` };
  const run = RUN_WORDS[item.lastRunState ?? ''];
  if (run?.kind === 'failed') return run;
  if (item.lastPartitionFindings > 0)
    return {
      kind: 'finding',
      word: item.lastPartitionFindings === 1 ? 'Finding' : `${figure(item.lastPartitionFindings)} findings`,
    };
  return run ?? { kind: 'unknown', word: item.lastRunState === null ? 'No run seen' : 'Unclear' };
}

const REASON_WORDS: Readonly<Record<string, StateWord>> = {
  fail: { kind: 'failed', word: 'Failed' },
  warn: { kind: 'finding', word: 'Warning' },
  error: { kind: 'failed', word: 'Error' },
  no_data: { kind: 'unknown', word: 'No data' },
  learning: { kind: 'unknown', word: 'Learning' },
  skipped: { kind: 'unknown', word: 'Skipped' },
  pass: { kind: 'fine', word: 'Passed' },
};

/** How a check of a held partition came out. */
export function reasonState(status: string): StateWord {
  return REASON_WORDS[status] ?? { kind: 'unknown', word: status };
}

/** How a partition stands towards gold; null where nothing was decided about it. */
export function goldState(published: SeriesPoint['published']): StateWord | null {
  if (published === 'held') return { kind: 'held', word: 'Held' };
  if (published === 'published') return { kind: 'published', word: 'Published' };
  return published === 'rolled_back' ? { kind: 'rolled_back', word: 'Rolled back' } : null;
}

/** What the detectors said of a point; null where none watches. */
export function verdictState({ status, finding, standing, simple }: SeriesPoint): StateWord | null {
  if (finding) return { kind: 'finding', word: 'Finding' };
  if (status === 'anomalous') return { kind: 'unknown', word: UNTOLD[standing ?? ''] ?? 'Outside, not told' };
  if (simpleAlone({ status, simple })) return { kind: 'unknown', word: '2 sigma would have fired' };
  if (status === 'notice') return { kind: 'unknown', word: 'Worth a note' };
  if (status === 'normal') return { kind: 'fine', word: 'As expected' };
  if (status === 'learning') return { kind: 'unknown', word: 'Learning' };
  return status === 'no_data' ? { kind: 'unknown', word: 'No data' } : null;
}

/** Why an anomalous value is no finding. */
const UNTOLD: Readonly<Record<string, string>> = {
  history: 'Outside, but history',
  backfill: 'Outside, in a backfill',
};

/** Only 2 sigma crossed: shown, and no alarm. */
export function simpleAlone({ status, simple }: Pick<SeriesPoint, 'status' | 'simple'>): boolean {
  return simple?.status === 'anomalous' && status !== 'anomalous';
}

/** What a value is evidence of: an incident, and how it stands. */
export function incidentMark({ state }: NonNullable<SeriesPoint['incident']>): StateWord {
  if (isOver(state)) return { kind: 'incident_over', word: 'Resolved incident' };
  if (state === 'acknowledged') return { kind: 'incident', word: 'Incident, taken' };
  return { kind: 'incident', word: state === 'snoozed' ? 'Incident, snoozed' : 'Open incident' };
}

/** Nobody needs to do anything about it any more. */
export function isOver(state: NonNullable<SeriesPoint['incident']>['state']): boolean {
  return state === 'resolved' || state === 'merged';
}
