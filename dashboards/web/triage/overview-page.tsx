import type { Overview } from '../../../collector/api/schema/overview.ts';
import { Answer, Page } from '../shell/page.tsx';
import { useOverview } from '../shell/read.ts';
import { DatasetTable } from './dataset-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { FindingsBlock } from './findings-block.tsx';
import { HeldBlock } from './held-block.tsx';
import { IncidentsBlock } from './incidents-block.tsx';
import { headline, Figures } from './summary.tsx';
import './triage.css';

/** What is wrong now, worst first; what is kept from gold and why; how each dataset stands. */
export function OverviewPage() {
  const query = useOverview();
  const { data, error } = query;
  const held = data?.counts.held ?? 0;
  return (
    <Page
      title={held > 0 ? `(${held} held) Assay` : 'Assay'}
      heading={data ? headline(data) : error ? 'Triage' : 'Looking…'}
      about={data ? <Figures overview={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query} rows={8}>
        {(overview) => <Content overview={overview} />}
      </Answer>
    </Page>
  );
}

function Content({ overview }: { readonly overview: Overview }) {
  const { counts, publications } = overview;
  if (counts.datasets === 0 && publications.length === 0) return <EmptyState />;
  return (
    <>
      <IncidentsBlock overview={overview} />
      <HeldBlock overview={overview} />
      <FindingsBlock overview={overview} />
      <DatasetTable overview={overview} />
    </>
  );
}
