import { Command } from 'cmdk';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { datasetStatus } from '../lineage/node-state.ts';
import { Mark } from '../parts/mark.tsx';
import { Name } from '../parts/name.tsx';
import { visible } from '../parts/words.ts';
import { NAVIGATION } from '../shell/navigation.ts';
import { useLate } from '../shell/use-late.ts';
import {
  hitHref,
  KIND_WORDS,
  LONGEST_QUESTION,
  searchHref,
  useSearch,
  type SearchAnswer,
  type SearchHit,
} from './read-search.ts';
import './palette.css';

const REST = 80;

interface PaletteProps {
  /** What was typed while this file was fetched. */
  readonly typedEarly: { readonly current: string };
  readonly onClose: () => void;
}

/** Search from anywhere: type, choose with the arrow keys, Enter. */
export default function Palette({ typedEarly, onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  // Null: the best of what was found, until somebody points at another.
  const [chosen, setChosen] = useState<string | null>(null);
  const points = useRef(false);
  const question = typed.trim();
  const late = useLate(question, REST);
  const { data, error, isPlaceholderData } = useSearch(
    new URLSearchParams({ limit: late === '' ? '5' : '12', ...(late !== '' && { q: late }) }),
  );
  const pages = NAVIGATION.filter(({ word }) => word.toLowerCase().includes(question.toLowerCase()));
  // Before the next key comes, which would be the page's.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The dialog by itself gives the focus to the list around the field.
    element?.querySelector('input')?.focus();
    // Read now, not when this was made ready: until now somebody typed.
    setTyped(typedEarly.current);
    return () => element?.close();
  }, [typedEarly]);
  const first = data?.items[0];
  const [page] = pages;
  const best = first
    ? { key: keyOf(first), href: hitHref(first) }
    : page
      ? { key: `page ${page.href}`, href: page.href }
      : { key: 'everything', href: searchHref({ q: question }) };
  const go = (href: string): void => {
    onClose();
    navigate(href);
  };
  // Enter may come before the answer to the last letter: then it takes the best of that answer.
  const isStale = late !== question || isPlaceholderData || (data === undefined && !error);
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    if (isWanted && !isStale) go(best.href);
  });
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search from anywhere"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <Command
        shouldFilter={false}
        label="Search from anywhere"
        value={chosen ?? best.key}
        onValueChange={(value) => {
          // The library chooses by itself, too, among what was found before.
          if (points.current) setChosen(value);
        }}
        onPointerMove={() => {
          points.current = true;
        }}
        onKeyDown={(event) => {
          if (event.key.startsWith('Arrow')) points.current = true;
          if (event.key !== 'Enter' || !isStale) return;
          event.preventDefault();
          setWanted(true);
        }}
        loop
      >
        <Command.Input
          placeholder="Datasets, columns, jobs, owners, tags, contracts, pages"
          value={typed}
          onValueChange={(text) => {
            setTyped(text);
            setWanted(false);
            setChosen(null);
            points.current = false;
          }}
          maxLength={LONGEST_QUESTION}
          autoFocus
        />
        <Command.List label="Found">
          {data && data.items.length > 0 ? (
            <Command.Group heading={late === '' ? 'Most used' : 'Found'}>
              {data.items.map((hit) => (
                <Command.Item key={keyOf(hit)} value={keyOf(hit)} onSelect={() => go(hitHref(hit))}>
                  <Found hit={hit} />
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {pages.length > 0 ? (
            <Command.Group heading="Pages">
              {pages.map(({ href, word, key }) => (
                <Command.Item key={href} value={`page ${href}`} onSelect={() => go(href)}>
                  <span>{word}</span>
                  <span className="soft palette-end">
                    <kbd>g</kbd> <kbd>{key}</kbd>
                  </span>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {question === '' ? null : (
            <Command.Group heading="Everything">
              <Command.Item value="everything" onSelect={() => go(searchHref({ q: question }))}>
                Search all for <Name text={question} />
              </Command.Item>
            </Command.Group>
          )}
        </Command.List>
      </Command>
      <p className="palette-foot soft" role="status">
        {error
          ? error.message
          : data && late !== '' && data.items.length === 0
            ? 'Nothing has this in its name, columns, owner, tags or description.'
            : (data && correctedWords(data)) || 'Arrow keys choose, Enter opens, Esc closes.'}
      </p>
    </dialog>
  );
}

function correctedWords({ corrected }: SearchAnswer): string {
  return corrected
    .map(
      ({ word, meant }) =>
        `Nothing is called ${visible(word)}; found for ${meant.map(visible).join(' or ')}.`,
    )
    .join(' ');
}

function Found({ hit }: { readonly hit: SearchHit }) {
  const state = hit.status === null ? null : datasetStatus(hit.status);
  return (
    <>
      <span className="soft palette-kind">{KIND_WORDS[hit.kind]}</span>
      <span className="palette-name">
        <Name text={hit.name} />
        {hit.matchedColumn === null ? null : (
          <span className="soft">
            {' '}
            with <Name text={hit.matchedColumn} />
          </span>
        )}
        {hit.kind === 'column' && hit.dataset ? (
          <span className="soft">
            {' '}
            of <Name text={hit.dataset.name} />
          </span>
        ) : null}
      </span>
      {state ? (
        <span className="palette-end">
          <Mark kind={state.kind} word={state.word} />
        </span>
      ) : null}
    </>
  );
}

function keyOf(hit: SearchHit): string {
  return `${hit.kind} ${hit.id ?? hit.name}`;
}
