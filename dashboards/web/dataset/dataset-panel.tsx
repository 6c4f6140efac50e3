import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import type { DatasetDetail, Overview } from '../../../collector/api/schema/overview.ts';
import { datasetHref } from '../shell/address.ts';
import { Mark } from '../parts/mark.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { ReadError, useDataset, useSeries } from '../shell/read.ts';
import { SeriesTable } from './series-table.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { count, figure, metricWords } from '../parts/words.ts';

// The chart's library comes in a file of its own: what is held is read before it.
const SeriesChart = lazy(() => import('./series-chart.tsx'));

interface DatasetPanelProps {
  readonly id: string;
  readonly metric: string;
  readonly overview: Overview;
}

/** One dataset: what is wrong with it in words, then its numbers over its partitions. */
export function DatasetPanel({ id, metric, overview }: DatasetPanelProps) {
  const { data, error } = useDataset(id);
  const known = overview.datasets.find((item) => item.id === id);
  const name = data?.name ?? known?.name;
  return (
    <section className="block" aria-labelledby="dataset-heading">
      <div className="block-head">
        <h2 id="dataset-heading" tabIndex={-1}>
          {name === undefined ? 'Dataset' : <Name text={name} />}
        </h2>
      </div>
      {error && !data ? <Unreadable error={error} /> : null}
      {data ? <Facts detail={data} /> : error ? null : <Skeleton rows={2} />}
      <Story id={id} overview={overview} />
      {error && !data ? null : <SeriesOf id={id} metric={metric} metrics={data?.metrics ?? []} />}
      {data && data.columns.length > 0 ? <Columns detail={data} /> : null}
    </section>
  );
}

function Unreadable({ error }: { readonly error: Error }) {
  const gone = error instanceof ReadError && (error.status === 404 || error.status === 400);
  return (
    <p className="quiet" role="alert">
      {gone
        ? 'There is no such dataset here. It may belong to another server; choose one from the table above.'
        : error.message}
    </p>
  );
}

function Facts({ detail }: { readonly detail: DatasetDetail }) {
  const [newest] = detail.partitions;
  return (
    <dl className="facts">
      <div>
        <dt>Namespace</dt>
        <dd>
          <Name text={detail.namespace} />
        </dd>
      </div>
      <div>
        <dt>Owner</dt>
        <dd>{detail.owner ? <Name text={detail.owner} /> : 'none stated'}</dd>
      </div>
      {detail.dropped ? (
        <div>
          <dt>State</dt>
          <dd>dropped</dd>
        </div>
      ) : null}
      {newest ? (
        <div>
          <dt>Partitions</dt>
          <dd className="figures">
            {figure(detail.partitions.length)}, the last <Partition text={newest.partition} />
          </dd>
        </div>
      ) : null}
    </dl>
  );
}

/** The reason before the chart. */
function Story({ id, overview }: { readonly id: string; readonly overview: Overview }) {
  const held = overview.publications.filter(({ state, datasetId }) => state === 'held' && datasetId === id);
  if (held.length === 0) return null;
  const [first] = held;
  const because = first?.reasons.find(({ waivedBy }) => waivedBy === null)?.message;
  return (
    <p className="story">
      <Mark kind="held" word="Held" /> <Partition text={first?.partition ?? ''} />{' '}
      <Sentence text={because ?? 'It could not be told whether the data is good.'} />
      {held.length > 1
        ? ` ${count(held.length - 1, 'more partition is', 'more partitions are')} held, see above.`
        : ''}
    </p>
  );
}

interface SeriesOfProps {
  readonly id: string;
  readonly metric: string;
  readonly metrics: readonly string[];
}

function SeriesOf({ id, metric, metrics }: SeriesOfProps) {
  const { data, error } = useSeries(id, metric);
  const [, navigate] = useLocation();
  const [asTable, setAsTable] = useState(false);
  const options = metrics.includes(metric) ? metrics : [metric, ...metrics];
  return (
    <div className="series">
      <div className="tools">
        <label>
          Metric
          <select
            value={metric}
            onChange={(event) => navigate(datasetHref(id, event.target.value), { replace: true })}
          >
            {options.map((option) => (
              <option key={option} value={option}>
                {metricWords(option)}
              </option>
            ))}
          </select>
        </label>
        <span className="toggle" role="group" aria-label="Show the series as">
          <button type="button" aria-pressed={!asTable} onClick={() => setAsTable(false)}>
            Chart
          </button>
          <button type="button" aria-pressed={asTable} onClick={() => setAsTable(true)}>
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
          <Suspense fallback={<div className="chart waiting" />}>
            <SeriesChart series={data} />
          </Suspense>
        )
      ) : null}
    </div>
  );
}

function Columns({ detail }: { readonly detail: DatasetDetail }) {
  return (
    <details className="columns">
      <summary>{count(detail.columns.length, 'column')}</summary>
      <table>
        <caption className="visually-hidden">Columns of the current schema</caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {detail.columns.map((column, index) => (
            <tr key={index}>
              <th scope="row">
                <Name text={column.name} />
              </th>
              <td>{column.type === null ? '' : <Name text={column.type} />}</td>
              <td>{column.description === null ? '' : <Sentence text={column.description} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
