import type { Calendar } from '#model/detection.ts';
import type { CostRates } from '#monitor/other-findings.ts';
import type { Uuid } from '#model/ids.ts';
import { Monitor } from '#monitor/monitor.ts';
import type { Database } from '#store/database.ts';
import { exclusionsOf, type ExclusionRow } from '#store/exclusions.ts';
import type { Telemetry } from './telemetry.ts';

export interface MonitorServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly calendar: Calendar;
  readonly cost: CostRates | undefined;
  /** Whether events come in, which go first. */
  readonly busy: () => boolean;
  readonly telemetry: Pick<Telemetry, 'log' | 'metrics'>;
  /** Something was judged: what follows from it may be looked at. */
  readonly onJudged?: (datasetIds: ReadonlySet<Uuid>) => void;
  /** Something is shown as a finding, or was shown before and is judged anew. */
  readonly onFindings?: (datasetIds: ReadonlySet<Uuid>) => void;
}

/** Composes the monitor with its metrics; it begins with `start`. */
export function openMonitor({ telemetry: { log, metrics }, ...services }: MonitorServices): Monitor {
  const { database } = services;
  return new Monitor({
    ...services,
    excludedOf: async (ids) => byDataset(await database.rows<ExclusionRow>(exclusionsOf(ids))),
    onVerdicts: (judgements) => {
      judgements.forEach(({ status }) => metrics.verdicts.inc({ status }));
      if (judgements.length > 0) services.onJudged?.(new Set(judgements.map(({ datasetId }) => datasetId)));
      const found = judgements.filter(({ finding }) => finding);
      if (found.length > 0) services.onFindings?.(new Set(found.map(({ datasetId }) => datasetId)));
    },
    onChecked: (checked) =>
      checked.forEach(({ results }) => results.forEach(({ status }) => metrics.checks.inc({ status }))),
    onError: (error) =>
      log.error({ err: error }, 'the monitor could not look at what changed; it tries again'),
  });
}

function byDataset(rows: readonly ExclusionRow[]): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const partitions = found.get(row.dataset_id) ?? new Map<string, string>();
    found.set(row.dataset_id, partitions.set(row.partition, row.excluded));
  }
  return found;
}
