import { durationText } from '#detectors/duration-text.ts';
import { plainDetection } from '#detectors/plain-detection.ts';
import { runDuration } from '#detectors/run-duration.ts';
import type { Detection } from '#model/detection.ts';
import type { Judgement } from '#model/judgement.ts';
import type { Database } from '#store/database.ts';
import {
  jobsAfter,
  openRunsOf,
  putOpenRunsTold,
  takeEndedRuns,
  type EndedRunRow,
  type OpenRunRow,
} from '#store/open-runs.ts';
import { putVerdicts } from '#store/verdicts.ts';
import { columnsOf } from './judge.ts';

/** Jobs that are looked at each time: ten thousand are gone through in five looks. */
const JOBS = 2000;
/** A run that began longer ago is no news. */
const LIVE = 14 * 86_400_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Tells runs that are open far longer than their job's runs usually take (metric `run_duration`, of no partition,
 * of what they write), once each, and takes it back when they end. To be asked every minute or so; each look goes
 * through some of the jobs, by the index of their runs: it costs the ingest of events nothing.
 */
export class OpenRuns {
  readonly #database: Database;
  readonly #jobs: number;
  #after = FIRST;

  constructor(database: Database, jobs = JOBS) {
    this.#database = database;
    this.#jobs = jobs;
  }

  /** Resolves with what was said. Four statements at most. */
  async look(now: Date): Promise<Judgement[]> {
    const since = new Date(now.getTime() - LIVE);
    const jobs = await this.#database.rows<{ id: string }>(jobsAfter(this.#after, this.#jobs));
    this.#after = (jobs.length < this.#jobs ? undefined : jobs.at(-1)?.id) ?? FIRST;
    const ids = jobs.map(({ id }) => id);
    const open = ids.length === 0 ? [] : await this.#database.rows<OpenRunRow>(openRunsOf(ids, since, now));
    const late = open.flatMap((row) => {
      const detection = durationOf(row, now);
      return detection.status === 'anomalous' ? [{ row, detection }] : [];
    });
    return this.#database.transaction(async (connection) => {
      const ended = await connection.rows<EndedRunRow>(takeEndedRuns(since));
      const said = [
        ...ended.flatMap((row) => row.dataset_ids.map((id) => judgementOf(id, endOf(row)))),
        ...late.flatMap(({ row, detection }) => row.dataset_ids.map((id) => judgementOf(id, detection))),
      ];
      // Of two runs that write one dataset the one that hangs has the word.
      const judgements = [...new Map(said.map((one) => [one.datasetId, one])).values()];
      if (late.length > 0) {
        const told = late.map(({ row }) => ({ runId: row.run_id, datasetIds: row.dataset_ids }));
        await connection.execute(putOpenRunsTold(told, now));
      }
      if (judgements.length > 0) await connection.execute(putVerdicts(judgements, now));
      return judgements;
    });
  }
}

function durationOf({ job, started_at: startedAt, past }: OpenRunRow, now: Date): Detection {
  const runs = past.map((seconds) => ({
    startedAt,
    endedAt: new Date(startedAt.getTime() + seconds * 1000),
    completed: true,
  }));
  return runDuration(runs, { startedAt, endedAt: null, completed: false }, now, { label: job });
}

function endOf({ job, seconds, state }: EndedRunRow): Detection {
  const took = seconds === null ? 'is open no longer' : `ended after ${durationText(seconds)}`;
  return plainDetection({
    detector: 'run_duration',
    status: 'normal',
    value: seconds,
    threshold: 0,
    points: 0,
    message: `${job ?? 'the run'} ${took}${state === null ? '' : ` (${state.toLowerCase()})`}`,
  });
}

function judgementOf(datasetId: string, detection: Detection): Judgement {
  return {
    datasetId,
    partition: '',
    metric: 'run_duration',
    kind: 'duration',
    standing: 'young',
    ...columnsOf(detection),
    detector: 'open_run',
    finding: detection.status === 'anomalous',
    p: null,
    detection,
  };
}
