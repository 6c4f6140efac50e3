import { Link } from 'wouter';
import type { JobDetail } from '../../../collector/api/schema/model.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name } from '../parts/name.tsx';
import { runState } from '../parts/states.ts';
import { count, seconds } from '../parts/words.ts';
import { datasetHref, lineageHref } from '../shell/address.ts';
import { Absent, isAbsent } from '../shell/absent.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';
import { FacetTree } from '../runs/facet-tree.tsx';
import { lastedMs, RunTable } from '../runs/run-table.tsx';
import '../runs/runs.css';

/** How does this job do? */
export default function JobPage({ id }: { readonly id: string }) {
  const query = useResource<JobDetail>(`/api/v2/jobs/${encodeURIComponent(id)}`);
  const { data } = query;
  return (
    <Page
      title={data?.job.name ?? 'Job'}
      heading={data ? <Name text={data.job.name} /> : isAbsent(query) ? 'There is no such job' : 'Job'}
      about={data ? <About detail={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      {isAbsent(query) ? (
        <Absent query={query} />
      ) : (
        <Answer query={query}>{(detail) => <Content detail={detail} />}</Answer>
      )}
    </Page>
  );
}

function About({ detail: { job, facets } }: { readonly detail: JobDetail }) {
  const owners = ownersOf(facets);
  const { kind, word } = runState(job.lastState ?? '');
  return (
    <>
      <ul className="facts-line">
        <li>
          <Mark kind={kind} word={job.lastState === null ? 'No run seen' : word} />
        </li>
        {job.lastStartedAt === null ? null : (
          <li>
            last begun <Moment at={job.lastStartedAt} />
          </li>
        )}
        <li>
          {owners.length === 0
            ? 'no owner stated'
            : owners.map((owner, index) => (
                <span key={owner}>
                  {index > 0 ? ', ' : ''}
                  <Name text={owner} />
                </span>
              ))}
        </li>
      </ul>
      <p className="namespace">
        <Name text={job.namespace} />
      </p>
    </>
  );
}

function Content({ detail }: { readonly detail: JobDetail }) {
  const { job, runs, inputs, outputs, facets } = detail;
  return (
    <>
      <section className="block" aria-labelledby="job-runs">
        <div className="block-head">
          <h2 id="job-runs">The last runs</h2>
          <span className="soft figures">{usual(runs)}</span>
          <Link href={`/runs?job=${encodeURIComponent(job.id)}`}>All of them</Link>
        </div>
        {runs.length === 0 ? (
          <p className="quiet">No run of it has been heard of; an event has only described it.</p>
        ) : (
          <RunTable runs={runs} caption="The last runs of this job with state and duration" ofOneJob />
        )}
      </section>
      <Datasets heading="Reads" datasets={inputs} none="It has not been seen to read anything." />
      <Datasets heading="Writes" datasets={outputs} none="It has not been seen to write anything." />
      <section className="block" aria-labelledby="job-facets">
        <div className="block-head">
          <h2 id="job-facets">What its events say of it</h2>
        </div>
        {facets.length === 0 ? (
          <p className="quiet">Nothing.</p>
        ) : (
          <FacetTree facets={Object.fromEntries(facets.map(({ name, facet }) => [name, facet]))} />
        )}
      </section>
    </>
  );
}

interface DatasetsProps {
  readonly heading: string;
  readonly datasets: JobDetail['inputs'];
  readonly none: string;
}

function Datasets({ heading, datasets, none }: DatasetsProps) {
  const id = `job-${heading.toLowerCase()}`;
  return (
    <section className="block" aria-labelledby={id}>
      <div className="block-head">
        <h2 id={id}>{heading}</h2>
        {datasets.length > 0 ? (
          <span className="soft figures">{count(datasets.length, 'dataset')}</span>
        ) : null}
      </div>
      {datasets.length === 0 ? <p className="quiet">{none}</p> : null}
      <ul className="rows">
        {datasets.map((dataset) => (
          <li key={dataset.id}>
            <div className="row-head">
              <Link className="row-title" href={datasetHref(dataset.id)} data-row="">
                <Name text={dataset.name} />
              </Link>
              <Link className="when" href={lineageHref(dataset.id)}>
                Lineage
              </Link>
            </div>
            <span className="namespace">
              <Name text={dataset.namespace} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `usually 3 min 20 s`: the median of those that completed. */
function usual(runs: JobDetail['runs']): string {
  const lasted = runs
    .flatMap((run) => (run.state === 'COMPLETED' ? [lastedMs(run)] : []))
    .filter((milliseconds) => milliseconds !== null)
    .toSorted((a, b) => a - b);
  const median = lasted[Math.floor(lasted.length / 2)];
  return median === undefined ? '' : `usually ${seconds(median / 1000)}`;
}

/** Names in the ownership facet. */
function ownersOf(facets: JobDetail['facets']): string[] {
  const listed = facets.find(({ name }) => name === 'ownership')?.facet['owners'];
  if (!Array.isArray(listed)) return [];
  const names = (listed as unknown[]).flatMap((owner) => {
    const name: unknown = typeof owner === 'object' && owner !== null && 'name' in owner ? owner.name : null;
    return typeof name === 'string' ? [name] : [];
  });
  return [...new Set(names)];
}
