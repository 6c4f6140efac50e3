import { Link } from 'wouter';
import type { QuarantinedEvent, QuarantineList } from '../../../collector/api/schema/quarantine.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { count, figure } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { More, Select } from '../shell/more.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { pathWith, usePages } from '../shell/pages-of.ts';
import { SearchField } from '../shell/search-field.tsx';
import { quarantineState, reasonWords } from './quarantine-words.ts';

const STATES = [
  ['', 'open'],
  ['replayed', 'taken in again'],
  ['discarded', 'discarded'],
  ['all', 'all'],
] as const;

/** What could not be accepted, and why? */
export default function QuarantinePage() {
  const [search, change] = useAddressState();
  const state = search.get('state') ?? '';
  const text = search.get('q') ?? '';
  const producer = search.get('producer') ?? '';
  const query = usePages<QuarantineList>(
    pathWith('/api/v2/quarantine', { state, q: text, producer, limit: '50' }),
  );
  return (
    <Page
      title="Quarantine"
      heading="Events that could not be accepted"
      about="Kept as they came, byte for byte, until somebody mends, replays or discards them."
      readAt={query.dataUpdatedAt}
    >
      <div className="tools filters">
        <Select label="Show" value={state} onChange={(value) => change({ state: value })} options={STATES} />
        <SearchField
          label="A text in the event, its producer or its problem"
          placeholder="Filter ( / )"
          value={text}
          onChange={(value) => change({ q: value })}
        />
        {producer === '' ? null : (
          <button type="button" onClick={() => change({ producer: null })}>
            Of one producer: show all
          </button>
        )}
      </div>
      <Answer query={query}>
        {(pages) => (
          <List events={pages.flatMap(({ events }) => events)} filtered={text !== '' || state !== ''} />
        )}
      </Answer>
      <More query={query} />
    </Page>
  );
}

function List({
  events,
  filtered,
}: {
  readonly events: readonly QuarantinedEvent[];
  readonly filtered: boolean;
}) {
  if (events.length === 0)
    return (
      <section className="block">
        <p className="quiet first">
          {filtered ? (
            <>
              None is like this. <Link href="/quarantine?state=all">Show every event that was put aside</Link>
              .
            </>
          ) : (
            'Nothing is in quarantine: every event that came could be read.'
          )}
        </p>
      </section>
    );
  return (
    <section className="block" aria-label="Quarantined events">
      <ul className="rows first">
        {events.map((event) => {
          const { kind, word } = quarantineState(event.state);
          const [first] = event.problems;
          return (
            <li key={event.id}>
              <div className="row-head">
                <Mark kind={kind} word={word} />
                <Link className="row-title" href={`/quarantine/${event.id}`} data-row="">
                  {reasonWords(event.reason)}
                </Link>
                <span className="when">
                  <Moment at={event.lastReceivedAt} short />
                </span>
              </div>
              {first ? (
                <p>
                  {first.pointer === '' ? null : (
                    <>
                      <code>
                        <Name text={first.pointer} />
                      </code>{' '}
                    </>
                  )}
                  <Sentence text={first.detail} />
                  {event.problems.length > 1
                    ? ` And ${count(event.problems.length - 1, 'more problem')}.`
                    : ''}
                </p>
              ) : null}
              <p className="row-foot">
                {event.producer === null ? 'Of an unknown producer' : <Name text={event.producer} />}, by{' '}
                {event.source}, {figure(event.size)} bytes
                {event.times > 1 ? `, came ${figure(event.times)} times` : ''}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
