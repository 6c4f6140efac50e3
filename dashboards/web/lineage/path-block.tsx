import { useDeferredValue, useId, useState } from 'react';
import { Link } from 'wouter';
import type { SearchAnswer } from '../../../collector/api/schema/search.ts';
import { Mark } from '../parts/mark.tsx';
import { Name } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { datasetHref } from '../shell/address.ts';
import { useAddressState } from '../shell/address-state.ts';
import { read, useResource, type ReadError } from '../shell/read.ts';
import { datasetStatus } from './node-state.ts';
import type { LineagePathAnswer } from './terms.ts';

interface PathBlockProps {
  readonly id: string;
  readonly path: { readonly data: LineagePathAnswer | undefined; readonly error: ReadError | Error | null };
}

/** The way between this dataset and another: chosen here, told in words, and drawn among the rest. */
export function PathBlock({ id, path: { data, error } }: PathBlockProps) {
  const [search, change] = useAddressState();
  const to = search.get('to');
  return (
    <div className="path" role="group" aria-label="Path to another dataset">
      {to === null ? <Choice id={id} onChoose={(chosen) => change({ to: chosen }, { push: true })} /> : null}
      {to !== null && data ? <Way path={data} /> : null}
      {to !== null && error && !data ? (
        <span className="refusal" role="alert">
          {error.message}
        </span>
      ) : null}
      {to === null ? null : (
        <button type="button" className="plain" onClick={() => change({ to: null }, { push: true })}>
          Remove the path
        </button>
      )}
    </div>
  );
}

function Way({ path }: { readonly path: LineagePathAnswer }) {
  const { from, to, datasets, found, truncated } = path;
  if (!found)
    return (
      <p>
        No data flows between <Name text={from.name} /> and <Name text={to.name} />
        {truncated ? ' within what could be looked through; there may be a way all the same' : ''}.
      </p>
    );
  return (
    <>
      <p>
        {count(datasets.length - 1, 'step')} from <Name text={datasets.at(0)?.name ?? ''} /> to{' '}
        <Name text={datasets.at(-1)?.name ?? ''} />
      </p>
      <ol className="way">
        {datasets.map((node) => {
          const state = datasetStatus(node.status);
          return (
            <li key={node.id}>
              <Link href={datasetHref(node.id)}>
                <Name text={node.name} />
              </Link>{' '}
              <Mark kind={state.kind} word={state.word} />
            </li>
          );
        })}
      </ol>
    </>
  );
}

function namesPath(text: string): string {
  return `/api/v2/search?${new URLSearchParams({ q: text.slice(0, 200), kind: 'dataset', limit: '20' }).toString()}`;
}

function othersOf(answer: SearchAnswer | undefined, id: string): SearchAnswer['items'] {
  return (answer?.items ?? []).filter((item) => item.id !== null && item.id !== id);
}

async function bestOf(text: string, id: string): Promise<string | null> {
  const answer = await read<SearchAnswer>(namesPath(text), AbortSignal.timeout(10_000));
  const others = othersOf(answer, id);
  return (others.find(({ name }) => name === text) ?? others[0])?.id ?? null;
}

/** Another dataset by its name. */
function Choice({ id, onChoose }: { readonly id: string; readonly onChoose: (id: string) => void }) {
  const list = useId();
  const [typed, setTyped] = useState('');
  const text = useDeferredValue(typed.trim());
  const { data } = useResource<SearchAnswer>(namesPath(text), { enabled: text !== '' });
  const found = othersOf(data, id);
  const pick = (value: string): void => {
    setTyped(value);
    const named = found.filter(({ name }) => name === value);
    const [only] = named;
    if (named.length === 1 && only?.id) onChoose(only.id);
  };
  return (
    <form
      className="tools"
      onSubmit={(event) => {
        event.preventDefault();
        // Enter may come before the answer to the last letter.
        if (typed.trim() !== '')
          void bestOf(typed.trim(), id).then((best) => best !== null && onChoose(best));
      }}
    >
      <label>
        Path to
        <input
          className="filter"
          type="search"
          placeholder="another dataset ( / )"
          autoComplete="off"
          spellCheck={false}
          list={list}
          value={typed}
          onChange={(event) => pick(event.target.value)}
          data-filter=""
        />
      </label>
      <datalist id={list}>
        {found.map((item) => (
          <option key={item.id} value={item.name}>
            {item.namespace}
          </option>
        ))}
      </datalist>
      <button type="submit" disabled={typed.trim() === ''}>
        Find
      </button>
      <span className="soft" role="status">
        {text !== '' && data && found.length === 0 ? 'no other dataset is called so' : ''}
      </span>
    </form>
  );
}
