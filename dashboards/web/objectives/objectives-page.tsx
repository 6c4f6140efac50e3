import { Link } from 'wouter';
import type { ObjectiveItem, ObjectiveList } from '../../../collector/api/schema/objectives.ts';
import { Mark, type MarkKind } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { figure, seconds } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { datasetHref } from '../shell/address.ts';
import { More, Select } from '../shell/more.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { pathWith, usePages } from '../shell/pages-of.ts';
import './objectives.css';

const STATES = [
  ['', 'every state'],
  ['missed', 'missed'],
  ['at_risk', 'at risk'],
  ['cannot_tell', 'cannot be told'],
  ['waiting', 'waiting'],
  ['met', 'met'],
] as const;

const WORDS: Readonly<Record<ObjectiveItem['state'], { readonly kind: MarkKind; readonly word: string }>> = {
  missed: { kind: 'failed', word: 'Missed' },
  at_risk: { kind: 'finding', word: 'At risk' },
  cannot_tell: { kind: 'unknown', word: 'Cannot tell' },
  waiting: { kind: 'running', word: 'Waiting' },
  met: { kind: 'fine', word: 'Met' },
};
const ORDER: readonly ObjectiveItem['state'][] = ['missed', 'at_risk', 'cannot_tell', 'waiting', 'met'];

/** Are we keeping promises? */
export default function ObjectivesPage() {
  const [search, change] = useAddressState();
  const state = search.get('state') ?? '';
  const query = usePages<ObjectiveList>(pathWith('/api/v2/objectives', { state, limit: '200' }));
  const items = query.data?.flatMap((page) => page.items) ?? [];
  const missed = items.filter((item) => item.state === 'missed').length;
  const unknown = items.filter((item) => item.state === 'cannot_tell').length;
  const risky = items.filter((item) => item.state === 'at_risk').length;
  return (
    <Page
      title="Objectives"
      heading={
        query.data === undefined || state !== ''
          ? 'Objectives'
          : missed > 0
            ? `${figure(missed)} of ${figure(items.length)} promises in time ${missed === 1 ? 'is' : 'are'} missed`
            : risky > 0
              ? `No promise is missed, ${figure(risky)} at risk`
              : unknown > 0
                ? `No promise is known to be missed; of ${figure(unknown)} nobody can tell`
                : items.length > 0
                  ? 'Every promise in time is kept'
                  : 'No promises in time'
      }
      about="What contracts promise about time: landed by, freshness, latency, retention."
      readAt={query.dataUpdatedAt}
    >
      <div className="tools filters">
        <Select label="Show" value={state} onChange={(value) => change({ state: value })} options={STATES} />
      </div>
      <Answer query={query}>{() => <List items={items} filtered={state !== ''} />}</Answer>
      <More query={query} />
    </Page>
  );
}

function List({ items, filtered }: { readonly items: readonly ObjectiveItem[]; readonly filtered: boolean }) {
  if (items.length === 0 && filtered)
    return (
      <section className="block">
        <p className="quiet first">
          No promise is like this. <Link href="/objectives">Show every promise</Link>.
        </p>
      </section>
    );
  if (items.length === 0)
    return (
      <section className="block">
        <p className="quiet first">
          No contract promises anything in time here. A line like{' '}
          <code>
            objectives: [{'{'}landed_by: &apos;06:00&apos;, timezone: Europe/Berlin{'}'}]
          </code>{' '}
          does; see <code>docs/objectives.md</code>.
        </p>
      </section>
    );
  const sorted = items.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <section className="block" aria-label="Objectives">
      <ul className="rows first">
        {sorted.map((item) => (
          <Row key={`${item.datasetId} ${item.name}`} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Row({ item }: { readonly item: ObjectiveItem }) {
  const { kind, word } = WORDS[item.state];
  return (
    <li className="objective">
      <div className="row-head">
        <Mark kind={kind} word={word} />
        <Link className="row-title" href={datasetHref(item.datasetId)} data-row="">
          <Name text={item.dataset} />
        </Link>
        <span className="soft">{item.promise}</span>
        <span className="when">
          {item.dueAt === null ? null : (
            <>
              due <Moment at={item.dueAt} />
            </>
          )}
        </span>
      </div>
      {item.why === null ? null : <Sentence text={item.why} />}
      <p className="row-foot">
        {item.partition === null ? null : (
          <>
            <Partition text={item.partition} />.{' '}
          </>
        )}
        {item.lateSeconds === null ? '' : `${seconds(item.lateSeconds)} late. `}
        {item.expectedAt === null ? null : (
          <>
            There at the earliest <Moment at={item.expectedAt} />.{' '}
          </>
        )}
        {item.blocking === null ? null : (
          <>
            Everything waits for{' '}
            <Link href={datasetHref(item.blocking.id)}>
              <Name text={item.blocking.name ?? item.blocking.id} />
            </Link>
            .{' '}
          </>
        )}
        {item.owner === null ? 'No owner is stated.' : <Name text={item.owner} />}
      </p>
      <Budget item={item} />
    </li>
  );
}

/** The error budget as a bar with its words. */
function Budget({ item: { budget } }: { readonly item: ObjectiveItem }) {
  if (budget.left === null) return <p className="row-foot">Nothing fell due in the last thirty days.</p>;
  const left = Math.max(0, Math.min(1, budget.left));
  return (
    <p className="row-foot figures budget">
      <svg width="120" height="8" aria-hidden="true" focusable="false">
        <rect width="120" height="8" rx="2" className="budget-all" />
        {left === 0 ? (
          <rect width="120" height="8" rx="2" className="budget-spent" />
        ) : (
          <rect width={120 * left} height="8" rx="2" className="budget-left" />
        )}
      </svg>
      <span>
        {budget.left < 0
          ? `budget overspent (${figure(budget.broken)} of ${figure(budget.due)} broken, ${figure(budget.target * 100)} % promised)`
          : `${figure(Math.round(budget.left * 100))} % of the budget left (${figure(budget.broken)} of ${figure(budget.due)} broken, ${figure(budget.target * 100)} % promised)`}
        {budget.burnWeek === null
          ? ''
          : `; burns ${figure(Number(budget.burnWeek.toPrecision(2)))} times as fast as allowed this week`}
      </span>
    </p>
  );
}
