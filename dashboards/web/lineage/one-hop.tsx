import { Link } from 'wouter';
import type { LineageAnswer } from '../../../collector/api/schema/lineage.ts';
import { Mark } from '../parts/mark.tsx';
import { Name } from '../parts/name.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { count, figure } from '../parts/words.ts';
import { datasetHref, lineageHref } from '../shell/address.ts';
import { neighboursOf, useOneHop, type Neighbour } from './read-lineage.ts';
import { datasetStatus } from './node-state.ts';
import { urgency, type Side } from './terms.ts';
import './one-hop.css';

const SHOWN = 8;

const SIDES: Readonly<Record<Side, { readonly title: string; readonly none: string }>> = {
  upstream: { title: 'Made from', none: 'No event says what it is made from.' },
  downstream: { title: 'Made into', none: 'Nothing that Assay knows of is made from it.' },
};

/** What a dataset is made from, and what is made from it, one step each way. */
export function OneHop({ datasetId }: { readonly datasetId: string }) {
  const { data, error } = useOneHop(datasetId);
  return (
    <section className="block" aria-labelledby="one-hop">
      <div className="block-head">
        <h2 id="one-hop">Lineage</h2>
        <Link href={lineageHref(datasetId)}>Open the lineage</Link>
      </div>
      {error && !data ? (
        <p className="quiet" role="alert">
          {error.message}
        </p>
      ) : null}
      {data ? <Hops answer={data} /> : error ? null : <Skeleton rows={4} />}
    </section>
  );
}

function Hops({ answer }: { readonly answer: LineageAnswer }) {
  const { dataset } = answer;
  return (
    <div className="one-hop">
      <Hop side="upstream" id={dataset.id} found={neighboursOf(answer, dataset.id, 'upstream')} />
      <p className="one-hop-here">
        <span className="one-hop-arrow" aria-hidden="true">
          →
        </span>
        <strong>
          <Name text={dataset.name} />
        </strong>
        <span className="one-hop-arrow" aria-hidden="true">
          →
        </span>
      </p>
      <Hop side="downstream" id={dataset.id} found={neighboursOf(answer, dataset.id, 'downstream')} />
    </div>
  );
}

interface HopProps {
  readonly side: Side;
  readonly id: string;
  readonly found: readonly Neighbour[];
}

function Hop({ side, id, found }: HopProps) {
  const { title, none } = SIDES[side];
  const worst = found.toSorted((a, b) => urgency(a.node.status) - urgency(b.node.status));
  return (
    <div className="one-hop-side">
      <h3 id={`one-hop-${side}`}>
        {title}{' '}
        {found.length > 0 ? <span className="soft figures">{count(found.length, 'dataset')}</span> : null}
      </h3>
      {found.length === 0 ? <p className="soft">{none}</p> : null}
      {found.length > 0 ? (
        <ul aria-labelledby={`one-hop-${side}`}>
          {worst.slice(0, SHOWN).map(({ node, jobs }) => (
            <li key={node.id}>
              <State status={node.status} />{' '}
              <Link href={datasetHref(node.id)} data-row="">
                <Name text={node.name} />
              </Link>
              <span className="soft one-hop-by">
                <ByJobs jobs={jobs} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {found.length > SHOWN ? (
        <p>
          <Link href={lineageHref(id)}>{figure(found.length - SHOWN)} more</Link>
        </p>
      ) : null}
    </div>
  );
}

/** Only what is bad is said: a list of what is fine needs no words. */
function State({ status }: { readonly status: Neighbour['node']['status'] }) {
  if (status === null || urgency(status) > urgency('failed')) return null;
  const { kind, word } = datasetStatus(status);
  return <Mark kind={kind} word={word} />;
}

/** `by load_orders and 2 more jobs`. */
export function ByJobs({ jobs }: { readonly jobs: readonly string[] }) {
  const [first] = jobs;
  if (first === undefined) return <>stated without a job</>;
  return (
    <>
      by <Name text={first} />
      {jobs.length > 1 ? ` and ${count(jobs.length - 1, 'more job')}` : ''}
    </>
  );
}
