import { Link } from 'wouter';
import type { RunList } from '../../../collector/api/schema/model.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { runState } from '../parts/states.ts';
import { duration } from '../parts/words.ts';
import { jobHref, runHref } from '../shell/address.ts';
import { useResource } from '../shell/read.ts';

const SHOWN = 10;

/** Runs that read or wrote it, the last first. */
export function RunsBlock({ id }: { readonly id: string }) {
  const { data } = useResource<RunList>(`/api/v2/runs?dataset=${encodeURIComponent(id)}&limit=${SHOWN}`);
  if (!data || data.runs.length === 0) return null;
  return (
    <section className="block" aria-labelledby="dataset-runs">
      <div className="block-head">
        <h2 id="dataset-runs">Runs</h2>
        <Link href={`/runs?dataset=${encodeURIComponent(id)}`}>All of them</Link>
      </div>
      <table>
        <caption className="visually-hidden">The last runs that read or wrote this dataset</caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col" className="number wide">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {data.runs.map((run) => {
            const { kind, word } = runState(run.state);
            return (
              <tr key={run.id}>
                <th scope="row">
                  <Link href={runHref(run.id)} data-row="">
                    <Moment at={run.startedAt ?? run.lastEventAt} short />
                  </Link>
                </th>
                <td>
                  <Link href={jobHref(run.jobId)}>
                    <Name text={run.job} />
                  </Link>
                  {run.error === null ? null : (
                    <p className="row-foot">
                      <Sentence text={run.error} />
                    </p>
                  )}
                </td>
                <td>
                  <Mark kind={kind} word={word} />
                </td>
                <td className="number wide">{duration(run.startedAt, run.endedAt)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
