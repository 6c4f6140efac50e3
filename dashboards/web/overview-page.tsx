import { useEffect, useRef } from 'react';
import type { Overview } from '../../collector/api/schema/overview.ts';
import { useChoice } from './address.ts';
import { DatasetPanel } from './dataset-panel.tsx';
import { DatasetTable } from './dataset-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { FindingsBlock } from './findings-block.tsx';
import { IncidentPanel } from './incident-panel.tsx';
import { IncidentsBlock } from './incidents-block.tsx';
import { HeldBlock } from './held-block.tsx';
import { Masthead } from './masthead.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { Skeleton } from './skeleton.tsx';
import { Summary } from './summary.tsx';
import { Trouble } from './trouble.tsx';
import { useOverview } from './read.ts';
import { clockTime } from './words.ts';

/** What is kept from gold and why, what looks odd, how each dataset stands. */
export function OverviewPage() {
  const { data, error, dataUpdatedAt } = useOverview();
  const held = data?.counts.held ?? 0;
  useEffect(() => {
    document.title = held > 0 ? `(${held} held) Assay` : 'Assay';
  }, [held]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Masthead overview={data} error={error} />
      <main className="page" id="main">
        {error ? <Trouble error={error} shownSince={data ? dataUpdatedAt : null} /> : null}
        {data || !error ? <Summary overview={data} /> : null}
        {data ? <Content overview={data} /> : null}
        {!data && !error ? (
          // One block for all that comes: nothing that is seen is pushed away by it.
          <div className="block">
            <Skeleton rows={8} />
          </div>
        ) : null}
        {data || error ? (
          <footer className="page-foot">
            <Shortcuts />
            {data ? (
              <span className="figures">
                Read at {clockTime(dataUpdatedAt)}; looks again every 10 seconds.
              </span>
            ) : null}
          </footer>
        ) : null}
      </main>
    </>
  );
}

function Content({ overview }: { readonly overview: Overview }) {
  const choice = useChoice();
  const { counts, publications, datasets } = overview;
  if (counts.datasets === 0 && publications.length === 0) return <EmptyState />;
  // Without a choice: the dataset that needs a look.
  const needy = publications.find(
    ({ state, datasetId }) => state === 'held' && datasetId !== null,
  )?.datasetId;
  const dataset = choice.dataset ?? needy ?? datasets[0]?.id ?? null;
  return (
    <>
      {choice.incident === null ? null : <IncidentPanel key={choice.incident} id={choice.incident} />}
      <IncidentsBlock overview={overview} />
      <HeldBlock overview={overview} />
      <FindingsBlock overview={overview} />
      <DatasetTable overview={overview} chosen={dataset} />
      {dataset ? (
        <Chosen
          key={dataset}
          overview={overview}
          dataset={dataset}
          metric={choice.metric}
          asked={choice.dataset !== null}
        />
      ) : null}
    </>
  );
}

interface ChosenProps {
  readonly overview: Overview;
  readonly dataset: string;
  readonly metric: string;
  /** Whether the address names it; one that was chosen for the reader leaves them where they are. */
  readonly asked: boolean;
}

/** The dataset's block; brought into view when it was asked for. */
function Chosen({ overview, dataset, metric, asked }: ChosenProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!asked) return;
    place.current?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: 'start' });
  }, [asked]);
  return (
    <div ref={place}>
      <DatasetPanel id={dataset} metric={metric} overview={overview} />
    </div>
  );
}
