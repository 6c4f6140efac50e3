import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { authorization } from './key.ts';
import { pollEvery } from './listening.ts';
import type { IncidentDetail } from '../../../collector/api/schema/incidents.ts';
import type { DatasetDetail, DatasetList, Overview, Series } from '../../../collector/api/schema/overview.ts';

/** An answer that is not the data asked for, in the server's own words where it gave any. */
export class ReadError extends Error {
  /** HTTP status; null when no answer came at all. */
  readonly status: number | null;
  readonly title: string;

  constructor(status: number | null, title: string, detail: string) {
    super(detail);
    this.name = 'ReadError';
    this.status = status;
    this.title = title;
  }

  /** Whether the server asks for a key, or for another one. */
  get wantsKey(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** Whether there is nothing under this address. */
  get isAbsent(): boolean {
    return this.status === 404 || this.status === 400;
  }
}

/** Reads a path of the API; throws a `ReadError`. */
export async function read<T>(path: string, signal: AbortSignal): Promise<T> {
  return ask<T>(path, { signal, headers: { accept: 'application/json', ...authorization() } });
}

/** Posts a body to a path of the API, a text as it is; throws a `ReadError`. */
export async function send<T>(path: string, body: Readonly<Record<string, unknown>> | string): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...authorization() },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ReadError(null, 'The collector does not answer', `No connection to ${location.host}.`);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  const problem =
    typeof body === 'object' && body !== null ? (body as { title?: unknown; detail?: unknown }) : {};
  throw new ReadError(
    response.status,
    typeof problem.title === 'string' ? problem.title : 'The collector gave an unexpected answer',
    typeof problem.detail === 'string' ? problem.detail : `${path} answered ${response.status}.`,
  );
}

/** One resource of the API: read again when the collector says that it changed, and from time to time. */
export function useResource<T>(path: string, options: { readonly enabled?: boolean } = {}) {
  return useQuery<T>(queryOf<T>(path, options));
}

/** The query of a path of the API; its key is the path, by which it is known what it depends on. */
export function queryOf<T>(path: string, { enabled = true }: { readonly enabled?: boolean } = {}) {
  return {
    queryKey: [path],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => read<T>(path, signal),
    refetchInterval: () => pollEvery(path),
    enabled,
  };
}

export function useOverview() {
  return useResource<Overview>('/api/v2/overview');
}

/** Datasets whose name or namespace contains the text; does not ask for an empty text. */
export function useDatasetSearch(text: string) {
  return useQuery<DatasetList>({
    ...queryOf<DatasetList>(`/api/v2/datasets?q=${encodeURIComponent(text)}`, { enabled: text !== '' }),
    placeholderData: keepPreviousData,
  });
}

export function datasetPath(id: string): string {
  return `/api/v2/datasets/${encodeURIComponent(id)}`;
}

export function useDataset(id: string) {
  return useResource<DatasetDetail>(datasetPath(id));
}

/** The path of a series; the page of a dataset shows this one at first. */
export function seriesPath(id: string, metric: string): string {
  const asked = new URLSearchParams({ metric, limit: '400' });
  return `/api/v2/datasets/${encodeURIComponent(id)}/series?${asked.toString()}`;
}

export function useSeries(id: string, metric: string) {
  return useQuery<Series>({
    ...queryOf<Series>(seriesPath(id, metric)),
    // Keeps the old chart in place while another metric of the same dataset loads.
    placeholderData: (previous) => (previous?.dataset.id === id ? previous : undefined),
  });
}

/** The path of what is wrong with a dataset now. */
export function openIncidentsPath(dataset: string): string {
  return `/api/v2/incidents?dataset=${encodeURIComponent(dataset)}&limit=20`;
}

export function incidentPath(id: string): string {
  return `/api/v2/incidents/${encodeURIComponent(id)}`;
}

export function useIncident(id: string) {
  return useResource<IncidentDetail>(incidentPath(id));
}
