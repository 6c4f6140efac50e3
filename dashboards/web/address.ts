import { useSearchParams } from 'wouter';

/** What the page shows, as its address says: everything that one may want to send to a colleague. */
export interface Choice {
  /** Id of the chosen dataset; null when the address names none. */
  readonly dataset: string | null;
  readonly metric: string;
  /** Id of the chosen incident; null when the address names none. */
  readonly incident: string | null;
}

export function useChoice(): Choice {
  const [search] = useSearchParams();
  return {
    dataset: search.get('dataset') || null,
    metric: search.get('metric') || 'row_count',
    incident: search.get('incident') || null,
  };
}

/** Address of a dataset's chart. */
export function datasetHref(dataset: string, metric = 'row_count'): string {
  const search = new URLSearchParams({ dataset });
  if (metric !== 'row_count') search.set('metric', metric);
  return `/?${search}`;
}

/** Address of an incident. */
export function incidentHref(incident: string): string {
  return `/?${new URLSearchParams({ incident }).toString()}`;
}
