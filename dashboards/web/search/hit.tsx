import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { datasetStatus } from '../lineage/node-state.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { lineageHref } from '../shell/address.ts';
import { hitHref, KIND_WORDS, searchHref, type SearchHit } from './read-search.ts';

/** One thing that was found: what it is, whether it can be trusted today, and why it was found. */
export function Hit({ hit }: { readonly hit: SearchHit }) {
  const state = hit.status === null ? null : datasetStatus(hit.status);
  return (
    <li>
      <div className="row-head">
        <span className="soft hit-kind">{KIND_WORDS[hit.kind]}</span>
        <Link className="row-title" href={hitHref(hit)} data-row="">
          <Name text={hit.name} />
        </Link>
        {state ? <Mark kind={state.kind} word={state.word} /> : null}
        {hit.lastEventAt === null ? null : (
          <span className="when soft">
            last run <Moment at={hit.lastEventAt} short />
          </span>
        )}
      </div>
      {hit.description === null ? null : (
        <p>
          <Sentence text={hit.description} />
        </p>
      )}
      <ul className="facts-line row-foot">
        {factsOf(hit).map(([key, fact]) => (
          <li key={key}>{fact}</li>
        ))}
      </ul>
    </li>
  );
}

function factsOf(hit: SearchHit): (readonly [key: string, fact: ReactNode])[] {
  const facts: (readonly [string, ReactNode])[] = [];
  if (hit.namespace !== null) facts.push(['namespace', <Name text={hit.namespace} />]);
  if (hit.matchedColumn !== null)
    facts.push([
      'column',
      <>
        column{' '}
        <strong>
          <Name text={hit.matchedColumn} />
        </strong>
      </>,
    ]);
  if (hit.kind === 'column' && hit.dataset)
    facts.push([
      'of',
      <>
        of <Name text={hit.dataset.name} />
      </>,
    ]);
  if (hit.datasets !== null)
    facts.push([
      'datasets',
      <Link href={hit.kind === 'column' ? searchHref({ q: hit.name, kind: 'dataset' }) : hitHref(hit)}>
        in {hit.datasets >= 1000 ? 'a thousand datasets or more' : count(hit.datasets, 'dataset')}
      </Link>,
    ]);
  if (hit.layer !== null) facts.push(['layer', <Name text={hit.layer} />]);
  if (hit.owner !== null) facts.push(['owner', <Name text={hit.owner} />]);
  if (hit.contract !== null)
    facts.push([
      'contract',
      <>
        contract <Name text={hit.contract} />
      </>,
    ]);
  if (hit.consumers > 0) facts.push(['consumers', `read by ${count(hit.consumers, 'job')}`]);
  if (hit.tags.length > 0)
    facts.push([
      'tags',
      <>
        {hit.tags.slice(0, 8).map((tag, index) => (
          <span key={tag}>
            {index > 0 ? ', ' : '# '}
            <Name text={tag} />
          </span>
        ))}
      </>,
    ]);
  if (hit.kind === 'dataset' && hit.id !== null)
    facts.push(['lineage', <Link href={lineageHref(hit.id)}>lineage</Link>]);
  return facts;
}
