import { useSearchParams } from 'wouter';
import type { DatasetDetail } from '../../../collector/api/schema/overview.ts';
import { Partition } from '../parts/name.tsx';
import { count, metricWords } from '../parts/words.ts';
import { partFile } from '../shell/part-file.tsx';
import { useSeries } from '../shell/read.ts';
import type { SeriesChartProps } from './series-chart.tsx';
import { SeriesTable } from './series-table.tsx';
import './series.css';

// The chart's library comes in a file of its own: words are read before it.
const SeriesChart = partFile<SeriesChartProps>(
  () => import('./series-chart.tsx'),
  <div className="chart waiting" />,
);
void SeriesChart.preload().catch(() => undefined);

/** Its numbers over its partitions; metric and form stand in the address. */
export function SeriesBlock({ detail }: { readonly detail: DatasetDetail }) {
  const [search, setSearch] = useSearchParams();
  const metric = search.get('metric') || 'row_count';
  const asTable = search.get('as') === 'table';
  const { data, error } = useSeries(detail.id, metric);
  const options = detail.metrics.includes(metric) ? detail.metrics : [metric, ...detail.metrics];
  const [newest] = detail.partitions;
  const choose = (name: string, value: string | null): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <section className="block" aria-labelledby="series">
      <div className="block-head">
        <h2 id="series">Measured against expected</h2>
        <span className="soft figures">
          {newest ? (
            <>
              {count(detail.partitions.length, 'partition')}, the last <Partition text={newest.partition} />
            </>
          ) : null}
        </span>
      </div>
      <div className="series">
        <div className="tools">
          <label>
            Metric
            <select
              value={metric}
              onChange={({ target }) => choose('metric', target.value === 'row_count' ? null : target.value)}
            >
              {options.map((option) => (
                <option key={option} value={option}>
                  {metricWords(option)}
                </option>
              ))}
            </select>
          </label>
          <span className="toggle" role="group" aria-label="Show the series as">
            <button type="button" aria-pressed={!asTable} onClick={() => choose('as', null)}>
              Chart
            </button>
            <button type="button" aria-pressed={asTable} onClick={() => choose('as', 'table')}>
              Table
            </button>
          </span>
        </div>
        {!data && !error ? <div className="chart waiting" /> : null}
        {!data && error ? (
          <p className="quiet" role="alert">
            {error.message}
          </p>
        ) : null}
        {data && data.points.length === 0 ? (
          <p className="quiet">
            Nothing was measured of this yet. Row counts come with the output statistics of a run, or from the
            gate’s own query.
          </p>
        ) : null}
        {data && data.points.length > 0 ? (
          asTable ? (
            <SeriesTable series={data} />
          ) : (
            <SeriesChart series={data} />
          )
        ) : null}
      </div>
    </section>
  );
}
