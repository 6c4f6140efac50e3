import { Link } from 'wouter';
import type { RunItem } from '../../../collector/api/schema/model.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { runState } from '../parts/states.ts';
import { duration, partitionDay } from '../parts/words.ts';
import { jobHref, runHref } from '../shell/address.ts';

interface RunTableProps {
  readonly runs: readonly RunItem[];
  readonly caption: string;
  /** They are all of one job, which need not be repeated. */
  readonly ofOneJob?: boolean;
}

/** Runs with the reason in the row; the bar compares their durations. */
export function RunTable({ runs, caption, ofOneJob = false }: RunTableProps) {
  const longest = Math.max(0, ...runs.map((run) => lastedMs(run) ?? 0));
  return (
    <table className="runs">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className="col-run">
            Run
          </th>
          {ofOneJob ? null : (
            <th scope="col" className="col-job">
              Job
            </th>
          )}
          <th scope="col" className="col-state">
            State
          </th>
          <th scope="col" className="col-about">
            About
          </th>
          <th scope="col" className="col-took">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} run={run} ofOneJob={ofOneJob} longest={longest} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly run: RunItem;
  readonly ofOneJob: boolean;
  readonly longest: number;
}

function Row({ run, ofOneJob, longest }: RowProps) {
  const { kind, word } = runState(run.state);
  const lasted = lastedMs(run);
  return (
    <tr>
      <th scope="row" className="col-run">
        <Link href={runHref(run.id)} data-row="">
          <Moment at={run.startedAt ?? run.lastEventAt} short />
        </Link>
      </th>
      {ofOneJob ? null : (
        <td className="col-job">
          <Link href={jobHref(run.jobId)}>
            <Name text={run.job} />
          </Link>
          <span className="namespace">
            <Name text={run.jobNamespace} />
          </span>
          <Reason run={run} />
        </td>
      )}
      <td className="col-state">
        <Mark kind={kind} word={word} />
        {run.attempts > 1 ? <span className="namespace">attempt {run.attempts}</span> : null}
        {ofOneJob ? <Reason run={run} /> : null}
      </td>
      <td className="col-about figures">
        {run.nominalStart === null ? <span className="soft">–</span> : partitionDay(run.nominalStart)}
      </td>
      <td className="col-took figures">
        {duration(run.startedAt, run.endedAt)}
        {lasted !== null && longest > 0 ? (
          <svg className={`bar bar-${kind}`} aria-hidden="true" focusable="false">
            <rect height="100%" width={`${Math.max(1, (lasted / longest) * 100)}%`} />
          </svg>
        ) : null}
      </td>
    </tr>
  );
}

function Reason({ run }: { readonly run: RunItem }) {
  if (run.error === null) return null;
  return (
    <p className="row-foot">
      <Sentence text={run.error} />
    </p>
  );
}

/** Milliseconds from start to end; null while one of them is not known. */
export function lastedMs({ startedAt, endedAt }: Pick<RunItem, 'startedAt' | 'endedAt'>): number | null {
  return startedAt === null || endedAt === null
    ? null
    : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
}
