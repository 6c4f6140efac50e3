import { useState } from 'react';
import type { QuarantineDetail } from '../../../collector/api/schema/quarantine.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { figure } from '../parts/words.ts';
import { Answer, Page } from '../shell/page.tsx';
import { isKnown, usePerson } from '../shell/person.ts';
import { useResource } from '../shell/read.ts';
import { askWho, WhoYouAre } from '../shell/who-you-are.tsx';
import { useCommand } from '../shell/write.ts';
import { quarantineState, reasonWords } from './quarantine-words.ts';

/** What is wrong with this event, and how is it mended? */
export default function QuarantinedPage({ id }: { readonly id: string }) {
  const query = useResource<QuarantineDetail>(`/api/v2/quarantine/${encodeURIComponent(id)}`);
  return (
    <Page
      title="Quarantined event"
      heading={query.data ? reasonWords(query.data.reason) : 'Quarantined event'}
      about={query.data ? <About event={query.data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query}>{(event) => <Content key={event.state} event={event} />}</Answer>
    </Page>
  );
}

function About({ event }: { readonly event: QuarantineDetail }) {
  const { kind, word } = quarantineState(event.state);
  return (
    <ul className="facts-line">
      <li>
        <Mark kind={kind} word={word} />
      </li>
      <li>
        came <Moment at={event.firstReceivedAt} />
        {event.times > 1 ? ` and ${figure(event.times - 1)} times more` : ''}
      </li>
      <li>{event.producer === null ? 'unknown producer' : <Name text={event.producer} />}</li>
      <li>by {event.source}</li>
      {event.settledAt === null ? null : (
        <li>
          settled <Moment at={event.settledAt} />
          {event.settledBy === null ? '' : ` by ${event.settledBy}`}
          {event.note === null ? '' : `: ${event.note}`}
        </li>
      )}
    </ul>
  );
}

function Content({ event }: { readonly event: QuarantineDetail }) {
  const path = `/api/v2/quarantine/${event.id}`;
  const [text, setText] = useState(event.text);
  const [reason, setReason] = useState('');
  const person = usePerson();
  const command = useCommand();
  const ask = (run: () => void): void => (isKnown(person) ? run() : askWho());
  const replay = (): void => {
    const by = person.name === null ? '' : `?${new URLSearchParams({ by: person.name }).toString()}`;
    command.mutate({ path: `${path}/replay${by}`, body: text === event.text ? '' : text });
  };
  return (
    <>
      <section className="block urgent" aria-labelledby="problems">
        <div className="block-head">
          <h2 id="problems">What is wrong</h2>
        </div>
        <ul className="rows">
          {event.problems.map((problem, index) => (
            <li key={index}>
              <code>{problem.pointer === '' ? 'the whole event' : <Name text={problem.pointer} />}</code>{' '}
              <Sentence text={problem.detail} />
            </li>
          ))}
        </ul>
      </section>
      <section className="block" aria-labelledby="event">
        <div className="block-head">
          <h2 id="event">{event.state === 'open' ? 'Mend it and take it in' : 'As it came'}</h2>
          <a href={`${path}/bytes`} download>
            Download the bytes
          </a>
        </div>
        <div className="block-body">
          {event.exact ? null : <p>It is no UTF-8: the text below is not all of it.</p>}
          <label className="visually-hidden" htmlFor="event-text">
            The event
          </label>
          <textarea
            id="event-text"
            rows={16}
            spellCheck={false}
            value={text}
            readOnly={event.state !== 'open'}
            onChange={({ target }) => setText(target.value)}
          />
          {event.state === 'open' ? (
            <>
              <WhoYouAre />
              <div role="status">
                {command.error ? <p className="refusal">{command.error.message}</p> : null}
                {command.isPending ? <p>Sending…</p> : null}
              </div>
              <div className="tools">
                <button type="button" disabled={command.isPending} onClick={() => ask(replay)}>
                  {text === event.text ? 'Take it in as it is' : 'Take in the mended one'}
                </button>
                <label>
                  Not wanted, because
                  <input value={reason} maxLength={2000} onChange={({ target }) => setReason(target.value)} />
                </label>
                <button
                  type="button"
                  disabled={command.isPending || reason.trim() === ''}
                  onClick={() =>
                    ask(() => command.mutate({ path: `${path}/discard`, body: { reason }, by: 'by' }))
                  }
                >
                  Discard
                </button>
              </div>
            </>
          ) : null}
        </div>
      </section>
    </>
  );
}
