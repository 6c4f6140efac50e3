import { useEffect, useRef } from 'react';
import type { Overview } from '../../collector/api/schema/overview.ts';
import { useChoice } from './address.ts';
import { DatasetPanel } from './dataset-panel.tsx';
import { DatasetTable } from './dataset-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { FindingsBlock } from './findings-block.tsx';
import { HeldBlock } from './held-block.tsx';
import { Masthead } from './masthead.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { Trouble } from './trouble.tsx';
import { useOverview } from './read.ts';
import { clockTime, count, figure } from './words.ts';

/** What is kept from gold and why, what looks odd, how each dataset stands. */
export function OverviewPage() {
  const overview = useOverview();
  const choice = useChoice();
  const { data, error } = overview;
  const held = data?.counts.held ?? 0;

  useEffect(() => {
    document.title = held > 0 ? `(${held} held) Assay` : 'Assay';
  }, [held]);

  const empty = data !== undefined && data.counts.datasets === 0 && data.publications.length === 0;
  // Without a choice: the dataset that needs a look.
  const dataset =
    choice.dataset ?? data?.publications.find(isKnown)?.datasetId ?? data?.datasets[0]?.id ?? null;

  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Masthead overview={data} failing={error !== null} />
      <main className="page" id="main">
        {error ? <Trouble error={error} shownSince={data ? overview.dataUpdatedAt : null} /> : null}
        {error && !data ? null : <Summary overview={data} />}
        {data && empty ? <EmptyState /> : null}
        {empty || (error && !data) ? null : (
          <>
            <HeldBlock overview={data} />
            <FindingsBlock overview={data} />
            <DatasetTable overview={data} chosen={dataset} />
          </>
        )}
        {data && dataset ? (
          <Chosen
            key={dataset}
            overview={data}
            dataset={dataset}
            metric={choice.metric}
            asked={choice.dataset}
          />
        ) : null}
        <footer className="page-foot">
          <Shortcuts />
          {data ? (
            <span className="figures">
              Read at {clockTime(overview.dataUpdatedAt)}; looks again every 10 seconds.
            </span>
          ) : null}
        </footer>
      </main>
    </>
  );
}

function isKnown(publication: Overview['publications'][number]): boolean {
  return publication.datasetId !== null;
}

/** The page's heading is its answer. */
function Summary({ overview }: { readonly overview: Overview | undefined }) {
  if (!overview) {
    return (
      <div className="summary">
        <h1>Looking…</h1>
      </div>
    );
  }
  const { counts } = overview;
  const about = counts.approximate ? 'about ' : '';
  return (
    <div className="summary">
      <h1>{headline(overview)}</h1>
      <ul className="counts figures">
        <li>{count(counts.datasets, 'dataset')}</li>
        {counts.partitions === null ? null : <li>{count(counts.partitions, 'partition')}</li>}
        <li>{count(counts.jobs, 'job')}</li>
        <li>
          {about}
          {count(counts.runs, 'run')}
        </li>
        <li>
          {about}
          {count(counts.events, 'event')}
        </li>
      </ul>
    </div>
  );
}

function headline({ counts, datasets, publications }: Overview): string {
  if (counts.datasets === 0 && publications.length === 0) return 'Nothing has been heard yet';
  if (counts.held > 0) return `${count(counts.held, 'partition is', 'partitions are')} held from gold`;
  const failed = datasets.filter((item) => item.lastRunState === 'FAILED').length;
  if (failed > 0) return `Nothing is held; the last run of ${count(failed, 'dataset')} failed`;
  return counts.findings > 0
    ? `Nothing is held; ${figure(counts.findings)} ${counts.findings === 1 ? 'finding' : 'findings'} to look at`
    : 'Nothing is held, nothing looks odd';
}

interface ChosenProps {
  readonly overview: Overview;
  readonly dataset: string;
  readonly metric: string;
  /** The dataset that the address names; null when it was chosen for the reader, who then stays where they are. */
  readonly asked: string | null;
}

/** The dataset's block; brought into view when it was asked for. */
function Chosen({ overview, dataset, metric, asked }: ChosenProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked === null) return;
    place.current?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: 'start' });
  }, [asked, metric]);
  return (
    <div ref={place}>
      <DatasetPanel id={dataset} metric={metric} overview={overview} />
    </div>
  );
}
