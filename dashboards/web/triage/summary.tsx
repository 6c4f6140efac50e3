import type { Overview } from '../../../collector/api/schema/overview.ts';
import { count } from '../parts/words.ts';

/** How much this server has heard. */
export function Figures({ overview }: { readonly overview: Overview }) {
  const { counts } = overview;
  const about = counts.approximate ? 'about ' : '';
  return (
    <ul className="counts figures">
      <li>{count(counts.datasets, 'dataset')}</li>
      {counts.partitions === null ? null : <li>{count(counts.partitions, 'partition')}</li>}
      <li>{count(counts.jobs, 'job')}</li>
      <li>{about + count(counts.runs, 'run')}</li>
      <li>{about + count(counts.events, 'event')}</li>
    </ul>
  );
}

/** The page's heading is its answer. */
export function headline({ counts, datasets, publications, incidents }: Overview): string {
  if (counts.datasets === 0 && publications.length === 0) return 'Nothing has been heard yet';
  if (counts.held > 0) return `${count(counts.held, 'partition is', 'partitions are')} held from gold`;
  if (incidents.length > 0) return `Nothing is held; ${count(incidents.length, 'incident')} to look at`;
  const failed = datasets.filter((item) => item.lastRunState === 'FAILED').length;
  if (failed > 0) return `Nothing is held; the last run of ${count(failed, 'dataset')} failed`;
  if (counts.findings > 0) return `Nothing is held; ${count(counts.findings, 'finding')} to look at`;
  return 'Nothing is held, nothing looks odd';
}
