import type { Series, SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { Mark } from '../parts/mark.tsx';
import { Name, Partition } from '../parts/name.tsx';
import { IncidentLink } from './series-incidents.tsx';
import { goldState, verdictState, type StateWord } from '../parts/states.ts';
import { figure, metricWords, partitionDay } from '../parts/words.ts';

/** The same points as the chart, newest first. */
export function SeriesTable({ series }: { readonly series: Series }) {
  const withIncidents = series.points.some(({ incident }) => incident !== null);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Series as a table">
      <table>
        <caption>
          <Name text={metricWords(series.metric)} /> by partition, newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col" className="col-day">
              Day
            </th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col" className="number">
              Expected
            </th>
            <th scope="col">Verdict</th>
            <th scope="col">Gold</th>
            {withIncidents ? <th scope="col">Incident</th> : null}
          </tr>
        </thead>
        <tbody>
          {series.points.toReversed().map((point) => (
            <tr key={point.partition}>
              <th scope="row">
                <Partition text={point.partition} />
              </th>
              <td className="col-day">{point.at ? partitionDay(point.at) : ''}</td>
              <td className="number">{figure(point.value)}</td>
              <td className="number">{expected(point)}</td>
              <td>
                <Word state={verdictState(point)} />
              </td>
              <td>
                <Word state={goldState(point.published)} />
              </td>
              {withIncidents ? (
                <td>
                  {point.incident === null ? (
                    <span className="soft">–</span>
                  ) : (
                    <IncidentLink incident={point.incident} />
                  )}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The expected band in words. */
export function expected({ low, high }: SeriesPoint): string {
  return low === null || high === null ? '–' : `${figure(bound(low))} to ${figure(bound(high))}`;
}

export function Word({ state }: { readonly state: StateWord | null }) {
  return state ? <Mark kind={state.kind} word={state.word} /> : <span className="soft">–</span>;
}

/** A bound is an estimate: its decimals would say more than is known. */
function bound(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : value;
}
