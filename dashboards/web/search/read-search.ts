import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SearchAnswer, SearchHit } from '../../../collector/api/schema/search.ts';
import { contractHref, datasetHref, jobHref } from '../shell/address.ts';
import { read } from '../shell/read.ts';

export type { SearchAnswer, SearchHit };

/** Longest question that the collector takes. */
export const LONGEST_QUESTION = 1000;

/** Puts a question; the answer before it stays until the next is there, so that nothing jumps while one types. */
export function useSearch(asked: URLSearchParams, enabled = true) {
  const path = `/api/v2/search?${asked.toString()}`;
  return useQuery<SearchAnswer>({
    queryKey: [path],
    queryFn: ({ signal }) => read<SearchAnswer>(path, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** Where a hit leads. */
export function hitHref(hit: SearchHit): string {
  switch (hit.kind) {
    case 'dataset':
      return datasetHref(hit.id ?? '');
    case 'contract':
      return contractHref(hit.id ?? '');
    case 'job':
      return jobHref(hit.id ?? '');
    case 'column':
      return datasetHref(hit.dataset?.id ?? '');
    default:
      return searchHref({ [hit.kind]: hit.name });
  }
}

/** Address of a question. */
export function searchHref(asked: Readonly<Record<string, string>>): string {
  return `/search?${new URLSearchParams(asked).toString()}`;
}

export const KIND_WORDS: Readonly<Record<SearchHit['kind'], string>> = {
  dataset: 'Dataset',
  column: 'Column',
  job: 'Job',
  owner: 'Owner',
  tag: 'Tag',
  contract: 'Contract',
};
