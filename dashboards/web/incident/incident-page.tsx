import { Link } from 'wouter';
import type { IncidentDetail } from '../../../collector/api/schema/incidents.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { datasetHref, incidentHref, lineageHref, publicationHref } from '../shell/address.ts';
import { Answer, Page } from '../shell/page.tsx';
import { partFile } from '../shell/part-file.tsx';
import type { SeriesChartProps } from '../dataset/series-chart.tsx';
import { SeriesTable } from '../dataset/series-table.tsx';
import { useIncident, useSeries } from '../shell/read.ts';
import { Actions } from './actions.tsx';
import { EvidenceBlock } from './evidence-block.tsx';
import { incidentState } from './incident-words.ts';
import { Timeline } from './timeline.tsx';
import '../dataset/series.css';
import './incident.css';

const SeriesChart = partFile<SeriesChartProps>(
  () => import('../dataset/series-chart.tsx'),
  <div className="chart waiting" />,
);
void SeriesChart.preload().catch(() => undefined);

/** Why, whom does it hurt, what do I do? */
export default function IncidentPage({ id }: { readonly id: string }) {
  const query = useIncident(id);
  const { data } = query;
  return (
    <Page
      title={data ? `${data.incident.root.dataset}: ${data.incident.summary}` : 'Incident'}
      heading={data ? <Heading detail={data} /> : 'Incident'}
      about={data ? <About detail={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query}>{(detail) => <Detail detail={detail} />}</Answer>
    </Page>
  );
}

function Heading({ detail: { incident } }: { readonly detail: IncidentDetail }) {
  return (
    <>
      <Name text={incident.root.dataset} /> <Partition text={incident.partition} />
    </>
  );
}

function About({ detail: { incident } }: { readonly detail: IncidentDetail }) {
  const { kind, word } = incidentState(incident);
  return (
    <ul className="facts-line">
      <li>
        <Mark kind={kind} word={word} />
      </li>
      <li>
        since <Moment at={incident.openedAt} />
      </li>
      <li>tier {incident.tier}</li>
      <li>{incident.owner === null ? 'no owner stated' : <Name text={incident.owner} />}</li>
      {incident.assignee === null ? null : (
        <li>
          <Name text={incident.assignee} /> is at it
        </li>
      )}
      {incident.reopened > 0 ? <li>came back {count(incident.reopened, 'time')}</li> : null}
    </ul>
  );
}

function Detail({ detail }: { readonly detail: IncidentDetail }) {
  const { incident, changes } = detail;
  return (
    <>
      <section className="block urgent" aria-labelledby="why">
        <div className="block-head">
          <h2 id="why">Why</h2>
          <Link href={datasetHref(incident.root.datasetId)}>Open the dataset</Link>
        </div>
        <div className="block-body">
          {incident.mergedInto === null ? null : (
            <p>
              It belongs to another: <Link href={incidentHref(incident.mergedInto)}>see that one</Link>.
            </p>
          )}
          <p className="reason">
            <Sentence text={incident.summary} />
          </p>
          {incident.root.how === 'suspected' ? (
            <p>
              The suspect is{' '}
              <Link href={datasetHref(incident.root.datasetId)}>
                <Name text={incident.root.dataset} />
              </Link>
              : nobody looks at it, and it explains everything that is bad below it. The evidence says where
              it was seen.
            </p>
          ) : null}
          {detail.runbook === null ? null : (
            <p>
              What to do: <Runbook text={detail.runbook} />
            </p>
          )}
          {changes.length > 0 ? (
            <>
              <h3>What is different since it was last good</h3>
              <ul className="plain-list">
                {changes.map((change) => (
                  <li key={change}>
                    <Sentence text={change} />
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p className="soft">Nothing else is known to have changed since it was last good.</p>
          )}
        </div>
        <Expected detail={detail} />
      </section>
      <Actions detail={detail} />
      <BlastRadius detail={detail} />
      <EvidenceBlock detail={detail} />
      <Timeline detail={detail} />
    </>
  );
}

/** What was measured against what was expected; nothing where the reason is no number. */
function Expected({ detail: { incident, evidence } }: { readonly detail: IncidentDetail }) {
  const verdicts = evidence.filter(({ source }) => source === 'verdict');
  // Of a root that nobody looks at: where the same was seen.
  const standing = verdicts.filter(({ clearedAt }) => clearedAt === null);
  const head =
    verdicts.find(
      ({ datasetId, subject }) => datasetId === incident.root.datasetId && subject === incident.subject,
    ) ??
    standing.findLast(
      ({ partition, subject }) => partition === incident.partition && subject === 'row_count',
    ) ??
    standing.at(-1);
  const { data, isPending } = useSeries(
    head?.datasetId ?? incident.root.datasetId,
    head?.subject ?? 'row_count',
  );
  if (!head) return null;
  if (isPending)
    return (
      <div className="series">
        <div className="chart waiting" />
      </div>
    );
  if (!data || data.points.length === 0) return null;
  return (
    <div className="series">
      {head.datasetId === incident.root.datasetId ? null : (
        <p>
          Seen on{' '}
          <Link href={datasetHref(head.datasetId)}>
            <Name text={head.dataset} />
          </Link>
        </p>
      )}
      <SeriesChart series={data} here={incident.id} />
      <details className="as-table">
        <summary>The same as a table</summary>
        <SeriesTable series={data} />
      </details>
    </div>
  );
}

function BlastRadius({ detail: { blastRadius, incident } }: { readonly detail: IncidentDetail }) {
  const { datasets, datasetCount, held, owners } = blastRadius;
  return (
    <section className="block" aria-labelledby="radius">
      <div className="block-head">
        <h2 id="radius">Whom it touches</h2>
        <Link href={lineageHref(incident.root.datasetId)}>Lineage</Link>
      </div>
      {held.length > 0 ? (
        <ul className="rows">
          {held.map(({ evaluationId, dataset, partition }) => (
            <li key={evaluationId}>
              <Mark kind="held" word="Held" />{' '}
              <Link href={publicationHref(evaluationId)} data-row="">
                <Name text={dataset} /> <Partition text={partition} />
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
      {datasets.length === 0 ? (
        <p className="quiet">Nothing that Assay knows of is made from it.</p>
      ) : (
        <table>
          <caption>
            {count(datasetCount, 'dataset')} below it
            {datasetCount > datasets.length ? `, the nearest ${datasets.length} are shown` : ''}
            {owners.length > 0 ? `; owners: ${owners.join(', ')}` : ''}
          </caption>
          <thead>
            <tr>
              <th scope="col">Dataset</th>
              <th scope="col">Owner</th>
              <th scope="col" className="number">
                Tier
              </th>
            </tr>
          </thead>
          <tbody>
            {datasets.map((dataset) => (
              <tr key={dataset.id}>
                <th scope="row">
                  <Link href={datasetHref(dataset.id)} data-row="">
                    <Name text={dataset.name} />
                  </Link>
                </th>
                <td>
                  {dataset.owner === null ? (
                    <span className="soft">none</span>
                  ) : (
                    <Name text={dataset.owner} />
                  )}
                </td>
                <td className="number">{dataset.tier}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** An address is a link, anything else words. */
function Runbook({ text }: { readonly text: string }) {
  const isAddress = /^https?:\/\//.test(text) && URL.canParse(text);
  return isAddress ? (
    <a href={text} rel="noreferrer">
      <Name text={text} />
    </a>
  ) : (
    <Sentence text={text} />
  );
}
