import { useInfiniteQuery } from '@tanstack/react-query';
import { pollEvery } from './listening.ts';
import { read } from './read.ts';

/** A list of the API that is read page by page, each with the `next` of the one before. */
export function usePages<T extends { readonly next: string | null }>(path: string) {
  const query = useInfiniteQuery({
    queryKey: [path, 'pages'],
    queryFn: ({ signal, pageParam }) => read<T>(withCursor(path, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: () => pollEvery(path),
  });
  return { ...query, data: query.data?.pages };
}

function withCursor(path: string, cursor: string | null): string {
  if (cursor === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ cursor }).toString()}`;
}

/** A path with those of the parameters that are not empty. */
export function pathWith(path: string, parameters: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
