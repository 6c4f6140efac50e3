import { useState, type FormEvent } from 'react';
import type { SilenceItem, SilenceList } from '../../../collector/api/schema/alerting.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { count, figure } from '../parts/words.ts';
import { Answer } from '../shell/page.tsx';
import { isKnown, usePerson } from '../shell/person.ts';
import { useResource } from '../shell/read.ts';
import { askWho, WhoYouAre } from '../shell/who-you-are.tsx';
import { useCommand, type Command } from '../shell/write.ts';

const HOUR = 3_600_000;
const FIELDS = ['dataset', 'namespace', 'owner', 'domain', 'layer', 'kind', 'severity'];
const SPANS = [
  ['1', '1 hour'],
  ['4', '4 hours'],
  ['24', '1 day'],
  ['168', '7 days'],
] as const;

/** What is kept from calling anybody, until when, and who said so. */
export function Silences() {
  const query = useResource<SilenceList>('/api/v2/silences');
  const person = usePerson();
  const command = useCommand();
  const [adding, setAdding] = useState(false);
  const act = (one: Command): void => {
    // A form that is opened until the answer is there stays open.
    const close = (): void => {
      if (adding) setAdding(false);
    };
    if (isKnown(person)) command.mutate(one, { onSuccess: close });
    else askWho();
  };
  return (
    <section className="block" aria-labelledby="silences">
      <div className="block-head">
        <h2 id="silences">Silences</h2>
        <button type="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          Silence something
        </button>
      </div>
      <div className="block-body">
        <WhoYouAre />
        <div role="status">{command.error ? <p className="refusal">{command.error.message}</p> : null}</div>
      </div>
      {adding ? <SilenceForm onSend={act} /> : null}
      <Answer query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">Nothing is silenced.</p>
          ) : (
            <ul className="rows">
              {items.map((silence) => (
                <Row
                  key={silence.id}
                  silence={silence}
                  onEnd={() => act({ path: `/api/v2/silences/${silence.id}/end`, body: {} })}
                />
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}

function Row({ silence, onEnd }: { readonly silence: SilenceItem; readonly onEnd: () => void }) {
  return (
    <li>
      <div className="row-head">
        <Mark
          kind={silence.state === 'active' ? 'held' : 'unknown'}
          word={silence.state === 'active' ? 'Silent' : 'Not yet'}
        />
        <strong>
          <Name
            text={Object.entries(silence.match)
              .map(([field, patterns]) => `${field} ${patterns.join(' or ')}`)
              .join(', ')}
          />
        </strong>
        <span className="when">
          until <Moment at={silence.endsAt} />
        </span>
        <button type="button" onClick={onEnd}>
          End it now
        </button>
      </div>
      <Sentence text={silence.comment} />
      <p className="row-foot">
        <Name text={silence.author} />
        {silence.held > 0 ? `; held back ${count(silence.held, 'incident')}` : `; held back ${figure(0)}`}
      </p>
    </li>
  );
}

function SilenceForm({ onSend }: { readonly onSend: (command: Command) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    onSend({
      path: '/api/v2/silences',
      body: {
        match: { [text('field')]: [text('pattern')] },
        comment: text('comment'),
        endsAt: new Date(Date.now() + Number(text('hours')) * HOUR).toISOString(),
      },
    });
  };
  return (
    <form className="simulate" onSubmit={submit}>
      <label>
        Where
        <select name="field">
          {FIELDS.map((field) => (
            <option key={field}>{field}</option>
          ))}
        </select>
      </label>
      <label>
        is
        <input name="pattern" required maxLength={500} autoComplete="off" placeholder="shop.gold.*" />
      </label>
      <label>
        for
        <select name="hours">
          {SPANS.map(([hours, words]) => (
            <option key={hours} value={hours}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        because
        <input name="comment" required maxLength={2000} autoComplete="off" />
      </label>
      <button type="submit">Silence it</button>
    </form>
  );
}
