import { useDeferredValue, useState } from 'react';
import { Link } from 'wouter';
import type { DatasetItem, Overview } from '../../../collector/api/schema/overview.ts';
import { datasetHref } from '../shell/address.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition } from '../parts/name.tsx';
import { useDatasetSearch } from '../shell/read.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { datasetState } from '../parts/states.ts';
import { figure } from '../parts/words.ts';

interface DatasetTableProps {
  readonly overview: Overview;
}

/** All datasets, those with held partitions first. The filter asks the server, so it finds every one. */
export function DatasetTable({ overview }: DatasetTableProps) {
  const [typed, setTyped] = useState('');
  const text = useDeferredValue(typed.trim());
  const search = useDatasetSearch(text);
  const items = text === '' ? overview.datasets : search.data?.items;
  const total = overview.counts.datasets;
  return (
    <section className="block" aria-labelledby="datasets-heading">
      <div className="block-head">
        <h2 id="datasets-heading">Datasets</h2>
        <div className="tools">
          <label>
            <span className="visually-hidden">Filter datasets by name or namespace</span>
            <input
              className="filter"
              type="search"
              placeholder="Filter by name ( / )"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Escape') setTyped('');
              }}
              data-filter=""
            />
          </label>
        </div>
      </div>
      {items ? null : <Skeleton rows={6} />}
      {items && items.length > 0 ? <Rows items={items} /> : null}
      <div role="status">
        {items && items.length === 0 ? (
          <p className="quiet">
            {text === ''
              ? 'No event has named a dataset yet.'
              : 'No dataset has this in its name or namespace.'}
          </p>
        ) : null}
        {text !== '' && search.error ? <p className="quiet">{search.error.message}</p> : null}
        {text !== '' && search.data?.next ? (
          <p className="quiet">
            The first {figure(search.data.items.length)} are shown; type more of the name.
          </p>
        ) : null}
        {text === '' && items && total > items.length ? (
          <p className="quiet">
            {figure(items.length)} of {figure(total)} are shown, those with held partitions first; filter to
            find the others.
          </p>
        ) : null}
      </div>
    </section>
  );
}

function Rows({ items }: { readonly items: readonly DatasetItem[] }) {
  return (
    <table className="datasets">
      <caption className="visually-hidden">Datasets with their owner, last partition, rows and state</caption>
      <thead>
        <tr>
          <th scope="col" className="col-name">
            Dataset
          </th>
          <th scope="col" className="col-owner">
            Owner
          </th>
          <th scope="col" className="col-partition">
            Last partition
          </th>
          <th scope="col" className="col-rows number">
            Rows
          </th>
          <th scope="col" className="col-state">
            State
          </th>
          <th scope="col" className="col-time">
            Last run
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ item }: { readonly item: DatasetItem }) {
  const state = datasetState(item);
  return (
    <tr>
      <th scope="row" className="col-name">
        <Link href={datasetHref(item.id)} data-row="">
          <Name text={item.name} />
        </Link>
        <span className="namespace">
          <Name text={item.namespace} />
        </span>
      </th>
      <td className="col-owner">
        {item.owner ? <Name text={item.owner} /> : <span className="soft">none</span>}
      </td>
      <td className="col-partition">
        {item.lastPartition === null ? (
          <span className="soft">none</span>
        ) : (
          <Partition text={item.lastPartition} />
        )}
      </td>
      <td className="col-rows number">{figure(item.lastRowCount)}</td>
      <td className="col-state">
        <Mark kind={state.kind} word={state.word} />
      </td>
      <td className="col-time">
        {item.lastEventAt ? <Moment at={item.lastEventAt} short /> : <span className="soft">–</span>}
      </td>
    </tr>
  );
}
