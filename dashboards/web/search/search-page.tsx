import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Name } from '../parts/name.tsx';
import { count, figure } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { Answer, Page } from '../shell/page.tsx';
import { useLate } from '../shell/use-late.ts';
import { Facets, FACETS } from './facets.tsx';
import { Hit } from './hit.tsx';
import { LONGEST_QUESTION, searchHref, useSearch, type SearchAnswer } from './read-search.ts';
import './search.css';

const PAGE = '30';
/** Milliseconds without a letter after which the question is put. */
const REST = 150;

/** Where is it, and may I trust it today? */
export default function SearchPage() {
  const [search, change] = useAddressState();
  const q = search.get('q') ?? '';
  const asked = new URLSearchParams({ limit: PAGE });
  for (const name of ['q', 'cursor', ...FACETS]) {
    const value = search.get(name);
    if (value) asked.set(name, value);
  }
  const query = useSearch(asked);
  const filtered = FACETS.some((name) => Boolean(search.get(name)));
  return (
    <Page
      title={q === '' ? 'Search' : `${q.slice(0, 80)} – search`}
      heading="Search"
      readAt={query.dataUpdatedAt}
    >
      <Question q={q} onAsk={(text) => change({ q: text, cursor: null })} />
      <Answer query={query} rows={10}>
        {(answer) => (
          <div className="search">
            <Facets answer={answer} search={search} change={change} />
            <section className="block search-hits" aria-label="Found">
              <Notes answer={answer} q={q} filtered={filtered} />
              {answer.items.length > 0 ? (
                <ul className="rows">
                  {answer.items.map((hit) => (
                    <Hit key={`${hit.kind} ${hit.id ?? hit.name}`} hit={hit} />
                  ))}
                </ul>
              ) : null}
              {answer.next !== null || search.get('cursor') !== null ? (
                <nav className="paging" aria-label="Pages of what was found">
                  <button
                    type="button"
                    disabled={search.get('cursor') === null}
                    onClick={() => change({ cursor: null }, { push: true })}
                  >
                    The best
                  </button>
                  <button
                    type="button"
                    disabled={answer.next === null}
                    onClick={() => change({ cursor: answer.next }, { push: true })}
                  >
                    More
                  </button>
                </nav>
              ) : null}
            </section>
          </div>
        )}
      </Answer>
    </Page>
  );
}

/** The field; the address follows it when typing rests. */
function Question({ q, onAsk }: { readonly q: string; readonly onAsk: (text: string) => void }) {
  const [typed, setTyped] = useState(q);
  const late = useLate(typed, REST);
  // Back, or a link to another question.
  const [shown, setShown] = useState(q);
  if (q !== shown) {
    setShown(q);
    if (q !== typed.trim()) setTyped(q);
  }
  useEffect(() => {
    if (late === typed && late.trim() !== q) onAsk(late.trim());
  }, [late]);
  return (
    <form
      role="search"
      className="question"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(typed.trim());
        document.querySelector<HTMLElement>('.search-hits [data-row]')?.focus();
      }}
    >
      <label>
        <span className="visually-hidden">Search datasets, columns, jobs, owners, tags and contracts</span>
        <input
          type="search"
          placeholder="Datasets, columns, jobs, owners, tags, contracts ( / )"
          autoComplete="off"
          spellCheck={false}
          maxLength={LONGEST_QUESTION}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoFocus={q === ''}
          data-filter=""
        />
      </label>
    </form>
  );
}

interface NotesProps {
  readonly answer: SearchAnswer;
  readonly q: string;
  readonly filtered: boolean;
}

/** How much was found, what was taken for what, and what to do when it is nothing. */
function Notes({ answer, q, filtered }: NotesProps) {
  const { items, total, more, corrected, typoTolerant, waiting } = answer;
  return (
    <div role="status" className="search-notes">
      {total > 0 ? (
        <p className="soft figures">
          {q === '' && !filtered ? 'By use and trust: ' : ''}
          {more ? `more than ${figure(total)}` : figure(total)} found
        </p>
      ) : null}
      {corrected.map(({ word, meant }) => (
        <p key={word}>
          Nothing is called <Name text={word} />; this is what was found for{' '}
          {meant.map((one, index) => (
            <span key={one}>
              {index > 0 ? ' or ' : ''}
              <strong>
                <Name text={one} />
              </strong>
            </span>
          ))}
          .
        </p>
      ))}
      {items.length === 0 ? <Nothing q={q} filtered={filtered} typoTolerant={typoTolerant} /> : null}
      {waiting > 0 ? (
        <p className="soft">
          The index is being brought up to date: {count(waiting, 'thing waits', 'things wait')} to be looked
          at.
        </p>
      ) : null}
    </div>
  );
}

interface NothingProps {
  readonly q: string;
  readonly filtered: boolean;
  readonly typoTolerant: boolean;
}

function Nothing({ q, filtered, typoTolerant }: NothingProps) {
  if (filtered)
    return (
      <p>
        Nothing like this is there.{' '}
        <Link href={q === '' ? '/search' : searchHref({ q })}>Search without the filters</Link>.
      </p>
    );
  if (q !== '')
    return (
      <p>
        Nothing has this in its name, columns, owner, tags or description. Try fewer words, or the beginning
        of one.
        {typoTolerant ? '' : ' This store lacks pg_trgm, so each word must begin as it is typed.'}
      </p>
    );
  return (
    <p>
      Nothing has been heard yet. Point an OpenLineage client at this server (<code>OPENLINEAGE_URL</code> ={' '}
      <code>{location.origin}</code>), or try <code>npm run demo</code>.
    </p>
  );
}
