/** Address of a dataset's page; everything that one may want to send to a colleague stands in it. */
export function datasetHref(dataset: string, metric = 'row_count'): string {
  const path = `/datasets/${encodeURIComponent(dataset)}`;
  return metric === 'row_count' ? path : `${path}?${new URLSearchParams({ metric }).toString()}`;
}

/** Address of an incident. */
export function incidentHref(incident: string): string {
  return `/incidents/${encodeURIComponent(incident)}`;
}

/** Address of the lineage around a dataset. */
export function lineageHref(dataset: string): string {
  return `/lineage/${encodeURIComponent(dataset)}`;
}

export function runHref(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}

export function jobHref(job: string): string {
  return `/jobs/${encodeURIComponent(job)}`;
}

/** Address of one decision of the gate. */
export function publicationHref(evaluation: string): string {
  return `/publications/${encodeURIComponent(evaluation)}`;
}

/** Address of a contract, by what it is stored under. */
export function contractHref(dataset: string): string {
  return `/contracts/${encodeURIComponent(dataset)}`;
}

/** Where an address of an older message leads now; null when it is the first page itself. */
export function movedHref(search: URLSearchParams): string | null {
  const incident = search.get('incident');
  if (incident) return incidentHref(incident);
  const dataset = search.get('dataset');
  return dataset ? datasetHref(dataset, search.get('metric') || undefined) : null;
}
