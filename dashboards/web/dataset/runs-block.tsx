import { Link } from 'wouter';
import type { RunList } from '../../../collector/api/schema/model.ts';
import { RunTable } from '../runs/run-table.tsx';
import { useResource } from '../shell/read.ts';
import '../runs/runs.css';

const SHOWN = 10;

/** Runs that read or wrote it, the last first. */
export function RunsBlock({ id }: { readonly id: string }) {
  const { data } = useResource<RunList>(`/api/v2/runs?dataset=${encodeURIComponent(id)}&limit=${SHOWN}`);
  if (!data || data.runs.length === 0) return null;
  return (
    <section className="block" aria-labelledby="dataset-runs">
      <div className="block-head">
        <h2 id="dataset-runs">Runs</h2>
        <Link href={`/runs?dataset=${encodeURIComponent(id)}`}>All of them</Link>
      </div>
      <RunTable runs={data.runs} caption="The last runs that read or wrote this dataset" />
    </section>
  );
}
