import { Name } from '../parts/name.tsx';
import { figure } from '../parts/words.ts';
import { datasetStatus } from '../lineage/node-state.ts';
import { KIND_WORDS, type SearchAnswer, type SearchHit } from './read-search.ts';

export const FACETS = ['kind', 'status', 'layer', 'owner', 'tag', 'platform'] as const;
/** Where there is no room beside what was found. */
const NARROW = '(max-width: 640px)';
type Facet = (typeof FACETS)[number];

const TITLES: Readonly<Record<Facet, string>> = {
  kind: 'Kind',
  status: 'State',
  layer: 'Layer',
  owner: 'Owner',
  tag: 'Tag',
  platform: 'Platform',
};

interface FacetsProps {
  readonly answer: SearchAnswer;
  readonly search: URLSearchParams;
  readonly change: (
    changes: Readonly<Record<string, string | null>>,
    options?: { readonly push?: boolean },
  ) => void;
}

/** What the hits have in common, with how many; pressed, only those stay. */
export function Facets({ answer, search, change }: FacetsProps) {
  return (
    <details className="facets" open={!matchMedia(NARROW).matches}>
      <summary>Filters</summary>
      <div role="group" aria-label="Filters">
        {FACETS.map((facet) => {
          const chosen = search.get(facet);
          const counts = answer.facets[facet];
          const values =
            chosen === null || chosen === '' || counts.some(({ value }) => value === chosen)
              ? counts
              : [{ value: chosen, count: null }, ...counts];
          if (values.length === 0) return null;
          return (
            <div key={facet} className="facet">
              <h2 id={`facet-${facet}`}>{TITLES[facet]}</h2>
              <ul aria-labelledby={`facet-${facet}`}>
                {values.map(({ value, count }) => (
                  <li key={value}>
                    <button
                      type="button"
                      aria-pressed={value === chosen}
                      onClick={() =>
                        change({ [facet]: value === chosen ? null : value, cursor: null }, { push: true })
                      }
                    >
                      <Value facet={facet} value={value} />
                      {count === null ? null : <span className="figures facet-count">{figure(count)}</span>}
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
    </details>
  );
}

function Value({ facet, value }: { readonly facet: Facet; readonly value: string }) {
  if (facet === 'kind') return <>{isKind(value) ? KIND_WORDS[value] : value}</>;
  if (facet === 'status') return <>{datasetStatus(value).word}</>;
  return <Name text={value} />;
}

function isKind(value: string): value is SearchHit['kind'] {
  return value in KIND_WORDS;
}
