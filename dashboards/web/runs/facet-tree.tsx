import { useState } from 'react';
import { count, figure, shorten, visible } from '../parts/words.ts';

/** Members of one object or list that are shown at first. */
const SHOWN = 100;
/** A text longer than this stands in a box of its own. */
const LONG = 120;
/** A text longer than this is cut: the API has the whole. */
const LONGEST = 20_000;

/** Facets by name; each opens by hand, and within it what is small is open already. */
export function FacetTree({ facets }: { readonly facets: Readonly<Record<string, unknown>> }) {
  return (
    <div className="tree">
      {Object.entries(facets).map(([name, facet]) => (
        <Branch key={name} name={name} value={facet} isOpen={false} />
      ))}
    </div>
  );
}

interface BranchProps {
  readonly name: string;
  readonly value: unknown;
  readonly isOpen: boolean;
}

function Branch({ name, value, isOpen }: BranchProps) {
  const [open, setOpen] = useState(isOpen);
  const members = membersOf(value);
  if (members === null)
    return (
      <div>
        <Key name={name} /> <Leaf value={value} />
      </div>
    );
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Key name={name} />{' '}
        <span className="soft figures">{Array.isArray(value) ? count(members.length, 'item') : ''}</span>
      </summary>
      {open ? <Members members={members} /> : null}
    </details>
  );
}

function Members({ members }: { readonly members: readonly (readonly [string, unknown])[] }) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <ul>
      {members.slice(0, shown).map(([name, value]) => (
        <li key={name}>
          <Branch name={name} value={value} isOpen={(membersOf(value)?.length ?? 0) <= 3} />
        </li>
      ))}
      {members.length > shown ? (
        <li>
          <button type="button" className="plain" onClick={() => setShown(shown + SHOWN)}>
            {figure(members.length - shown)} more
          </button>
        </li>
      ) : null}
    </ul>
  );
}

function Key({ name }: { readonly name: string }) {
  return <bdi className="tree-key">{shorten(visible(name), 80, 20)}</bdi>;
}

function Leaf({ value }: { readonly value: unknown }) {
  if (typeof value !== 'string') return <code>{String(value)}</code>;
  if (value === '') return <span className="soft">(empty)</span>;
  // Line breaks are what makes a query or a stack trace readable.
  const shown = shorten(value.split('\n').map(visible).join('\n'), LONGEST, 0);
  return value.length > LONG || value.includes('\n') ? (
    <pre tabIndex={0}>
      <bdi>{shown}</bdi>
    </pre>
  ) : (
    <bdi>{shown}</bdi>
  );
}

/** What is inside an object or a list; null of a value. Producers' marks (_producer, _schemaURL) come last. */
function membersOf(value: unknown): readonly (readonly [string, unknown])[] | null {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [String(index + 1), item] as const);
  if (typeof value !== 'object' || value === null) return null;
  const members: (readonly [string, unknown])[] = Object.entries(value);
  return members.toSorted(([a], [b]) => Number(a.startsWith('_')) - Number(b.startsWith('_')));
}
