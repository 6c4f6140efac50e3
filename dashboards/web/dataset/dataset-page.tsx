import { Link } from 'wouter';
import type { DatasetDetail, DatasetItem, DatasetList } from '../../../collector/api/schema/overview.ts';
import type { IncidentList } from '../../../collector/api/schema/incidents.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { datasetState } from '../parts/states.ts';
import { count } from '../parts/words.ts';
import { contractHref, incidentHref } from '../shell/address.ts';
import { isAbsent } from '../shell/absent.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { openIncidentsPath, useDataset, useResource } from '../shell/read.ts';
import { OneHop } from '../lineage/one-hop.tsx';
import { BreakerBlock } from './breaker-block.tsx';
import { CalendarBlock } from './calendar.tsx';
import { PublicationsBlock } from './publications-block.tsx';
import { QualityBlock } from './quality-block.tsx';
import { RunsBlock } from './runs-block.tsx';
import { SchemaBlock } from './schema-block.tsx';
import { SeriesBlock } from './series-block.tsx';
import './dataset.css';

/** Is this good? */
export default function DatasetPage({ id }: { readonly id: string }) {
  const query = useDataset(id);
  const { data } = query;
  const gone = isAbsent(query);
  return (
    <Page
      title={data?.name ?? 'Dataset'}
      heading={data ? <Name text={data.name} /> : gone ? 'There is no such dataset' : 'Dataset'}
      about={data ? <About detail={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      {gone ? (
        <p>
          No event has named it here. It may belong to another server;{' '}
          <Link href="/search">search for it</Link>.
        </p>
      ) : (
        <Answer query={query}>{(detail) => <Content detail={detail} />}</Answer>
      )}
    </Page>
  );
}

/** Whether it may be trusted, since when, and who answers for it. */
function About({ detail }: { readonly detail: DatasetDetail }) {
  const item = useItem(detail);
  const state = item ? datasetState(item) : null;
  return (
    <>
      <ul className="facts-line">
        <li>
          {state ? <Mark kind={state.kind} word={state.word} /> : <Mark kind="unknown" word="Asking" />}
        </li>
        {item?.lastEventAt ? (
          <li>
            last run <Moment at={item.lastEventAt} />
          </li>
        ) : null}
        <li>{detail.owner ? <Name text={detail.owner} /> : 'no owner stated'}</li>
        <li>
          {detail.contract === null ? (
            'no contract'
          ) : (
            <Link href={contractHref(detail.id)}>contract {detail.contract}</Link>
          )}
        </li>
        {detail.dropped ? <li>dropped</li> : null}
      </ul>
      <p className="namespace">
        <Name text={detail.namespace} />
        {detail.aliases.length > 0 ? (
          <>
            , also called{' '}
            {detail.aliases.map(({ id, name }, index) => (
              <span key={id}>
                {index > 0 ? ', ' : ''}
                <Name text={name} />
              </span>
            ))}
          </>
        ) : null}
      </p>
    </>
  );
}

function useItem({ namespace, name }: DatasetDetail): DatasetItem | undefined {
  const search = new URLSearchParams({ namespace, name, limit: '1' });
  return useResource<DatasetList>(`/api/v2/datasets?${search.toString()}`).data?.items[0];
}

function Content({ detail }: { readonly detail: DatasetDetail }) {
  const incidents = useResource<IncidentList>(openIncidentsPath(detail.id));
  // They stand above everything: what is below must not jump when they come.
  if (incidents.isPending)
    return (
      <div className="block">
        <Skeleton rows={8} />
      </div>
    );
  return (
    <>
      <IncidentsOf list={incidents.data} />
      <SeriesBlock detail={detail} />
      <CalendarBlock id={detail.id} />
      <QualityBlock detail={detail} />
      <OneHop datasetId={detail.id} />
      <BreakerBlock id={detail.id} />
      <PublicationsBlock id={detail.id} />
      <RunsBlock id={detail.id} />
      <SchemaBlock id={detail.id} />
    </>
  );
}

/** The reason before the chart: what is wrong with it now. Nothing where nothing is. */
function IncidentsOf({ list: data }: { readonly list: IncidentList | undefined }) {
  if (!data || data.items.length === 0) return null;
  return (
    <section className="block urgent" aria-labelledby="dataset-incidents">
      <div className="block-head">
        <h2 id="dataset-incidents">{count(data.items.length, 'open incident')}</h2>
      </div>
      <ul className="rows">
        {data.items.map((incident) => (
          <li key={incident.id}>
            <div className="row-head">
              <Link className="row-title" href={incidentHref(incident.id)} data-row="">
                <Name text={incident.root.dataset} /> <Partition text={incident.partition} />
              </Link>
              <span className="when">
                since <Moment at={incident.openedAt} short />
              </span>
            </div>
            <Sentence text={incident.summary} />
          </li>
        ))}
      </ul>
    </section>
  );
}
