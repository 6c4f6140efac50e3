import { Page } from '../shell/page.tsx';
import { useOverview } from '../shell/read.ts';
import { DatasetPanel } from './dataset-panel.tsx';
import './dataset.css';

/** Is this good? */
export default function DatasetPage({ id }: { readonly id: string }) {
  const { data } = useOverview();
  return (
    <Page title="Dataset" heading="Dataset">
      {data ? <DatasetPanel id={id} metric="row_count" overview={data} /> : null}
    </Page>
  );
}
