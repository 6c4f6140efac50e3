import { Link } from 'wouter';
import type { HallmarkItem, HallmarkList } from '../../../collector/api/schema/gates.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { publicationState } from '../parts/states.ts';
import { figure, seconds } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { publicationHref } from '../shell/address.ts';
import { BreakerBlock } from '../dataset/breaker-block.tsx';
import { PausedBlock } from './paused-block.tsx';
import { More, Select } from '../shell/more.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { pathWith, usePages } from '../shell/pages-of.ts';

const STATES = [
  ['', 'every state'],
  ['held', 'held'],
  ['pending', 'being tested'],
  ['ready', 'allowed, not published'],
  ['published', 'published'],
  ['rolled_back', 'rolled back'],
  ['failed', 'not published'],
] as const;

/** What is held and why? */
export default function PublicationsPage() {
  const [search, change] = useAddressState();
  const state = search.get('state') ?? '';
  const dataset = search.get('dataset') ?? '';
  const query = usePages<HallmarkList>(pathWith('/api/v2/publications', { state, dataset, limit: '50' }));
  return (
    <Page
      title="Publications"
      heading="What became gold, and what is held"
      about="The last decision about each partition that asked to become gold."
      readAt={query.dataUpdatedAt}
    >
      <div className="tools filters">
        <Select label="Show" value={state} onChange={(value) => change({ state: value })} options={STATES} />
        {dataset === '' ? null : (
          <button type="button" onClick={() => change({ dataset: null })}>
            Of one dataset: show all
          </button>
        )}
      </div>
      {dataset === '' ? <PausedBlock /> : <BreakerBlock id={dataset} />}
      <Answer query={query}>
        {(pages) => <List items={pages.flatMap(({ items }) => items)} filtered={search.size > 0} />}
      </Answer>
      <More query={query} />
    </Page>
  );
}

function List({ items, filtered }: { readonly items: readonly HallmarkItem[]; readonly filtered: boolean }) {
  if (items.length === 0)
    return (
      <section className="block">
        <p className="quiet first">
          {filtered ? (
            <>
              None is like this. <Link href="/publications">Show every publication</Link>.
            </>
          ) : (
            <>
              No candidate has asked to become gold yet. Push a contract with <code>gate.publish_to</code>,
              then ask: <code>assay gate check DATASET --partition … --candidate TABLE --publish</code>.
            </>
          )}
        </p>
      </section>
    );
  return (
    <section className="block" aria-label="Publications">
      <ul className="rows first">
        {items.map((item) => (
          <Row key={item.evaluationId} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Row({ item }: { readonly item: HallmarkItem }) {
  const { kind, word } = publicationState(item.state);
  const reasons = item.reasons.filter(({ waivedBy }) => waivedBy === null);
  const waived = item.reasons.length - reasons.length;
  const [first] = reasons;
  return (
    <li>
      <div className="row-head">
        <Mark kind={kind} word={word} />
        <Link className="row-title" href={publicationHref(item.evaluationId)} data-row="">
          <Name text={item.dataset} /> <Partition text={item.partition} />
        </Link>
        <span className="when">
          {item.waitingSince === null ? (
            <Moment at={item.publishedAt ?? item.requestedAt} short />
          ) : (
            <>
              waits since <Moment at={item.waitingSince} short />
            </>
          )}
        </span>
      </div>
      {item.state === 'published' || !first ? null : (
        <p>
          <Sentence text={first.message} />
          {reasons.length > 1 ? ` And ${figure(reasons.length - 1)} more.` : ''}
        </p>
      )}
      <p className="row-foot">
        {item.rowCount === null ? '' : `${figure(item.rowCount)} rows. `}
        {waived > 0 ? `${figure(waived)} let pass by a waiver. ` : ''}
        {item.overdueSeconds === null ? null : (
          <Mark kind="failed" word={`${seconds(item.overdueSeconds)} beyond its sla`} />
        )}
      </p>
    </li>
  );
}
