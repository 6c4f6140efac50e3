import { createElement, type ReactElement } from 'react';
import { Redirect, Route, Switch, useSearchParams } from 'wouter';
import { OverviewPage } from '../triage/overview-page.tsx';
import { lineagePath, questionOf } from '../lineage/lineage-question.ts';
import { movedHref } from './address.ts';
import { pageFile, type Loader } from './page-file.tsx';
import { datasetPath, incidentPath, openIncidentsPath, seriesPath } from './read.ts';
import { UnknownPage } from './unknown-page.tsx';

/** Paths of the API that a page asks first, by what its address names: they are asked while its file is fetched. */
type Asks = (value: string, search: URLSearchParams) => readonly string[];

interface PageRoute {
  readonly path: string;
  readonly asks: Asks;
  /** Fetches the page's file. */
  readonly preload: () => Promise<void>;
  readonly draw: (parameters: Readonly<Record<string, string | undefined>>) => ReactElement;
}

/** A page about one thing, which the last part of its address names; about another thing it begins anew. */
function one<P extends string>(
  path: `/${string}/:${P}`,
  load: Loader<Readonly<Record<P, string>>>,
  asks: Asks = () => [],
): PageRoute {
  const File = pageFile(load);
  const parameter = path.slice(path.lastIndexOf(':') + 1) as P;
  return {
    path,
    asks,
    preload: () => File.preload(),
    draw: ({ [parameter]: value = '' }) => {
      const named = { [parameter]: value } as Record<P, string>;
      return createElement(File, { key: value, ...named });
    },
  };
}

function all(path: string, load: Loader<object>): PageRoute {
  const File = pageFile(load);
  return { path, asks: () => [], preload: () => File.preload(), draw: () => createElement(File) };
}

/**
 * Each page in a file of its own; only the first one, that is opened at 03:00, comes with the shell. The collector
 * serves the same addresses (collector/api/page-paths.ts).
 */
const PAGES: readonly PageRoute[] = [
  one(
    '/incidents/:id',
    () => import('../incident/incident-page.tsx'),
    (id) => [incidentPath(id)],
  ),
  one(
    '/datasets/:id',
    () => import('../dataset/dataset-page.tsx'),
    (id, search) => [
      datasetPath(id),
      openIncidentsPath(id),
      seriesPath(id, search.get('metric') || 'row_count'),
    ],
  ),
  one(
    '/lineage/:id',
    () => import('../lineage/lineage-page.tsx'),
    (id, search) => [lineagePath(questionOf(id, search))],
  ),
  all('/publications', () => import('../publications/publications-page.tsx')),
  one('/publications/:id', () => import('../publications/publication-page.tsx')),
  all('/contracts', () => import('../contracts/contracts-page.tsx')),
  one('/contracts/:dataset', () => import('../contracts/contract-page.tsx')),
  all('/objectives', () => import('../objectives/objectives-page.tsx')),
  all('/cost', () => import('../cost/cost-page.tsx')),
  all('/quarantine', () => import('../quarantine/quarantine-page.tsx')),
  one('/quarantine/:id', () => import('../quarantine/quarantined-page.tsx')),
  all('/routes', () => import('../routes/routes-page.tsx')),
  all('/search', () => import('../search/search-page.tsx')),
  all('/settings', () => import('../settings/settings-page.tsx')),
  all('/runs', () => import('../runs/runs-page.tsx')),
  one('/runs/:id', () => import('../runs/run-page.tsx')),
  one('/jobs/:id', () => import('../job/job-page.tsx')),
];

/** Fetches the file of the page at an address, so that it can be drawn at once, and asks what it asks first. */
export async function fetchPage(
  { pathname, search }: Pick<Location, 'pathname' | 'search'>,
  ask: (path: string) => unknown,
): Promise<void> {
  const parts = pathname.split('/');
  const page = PAGES.find((route) => {
    const wanted = route.path.split('/');
    return (
      wanted.length === parts.length &&
      wanted.every((part, index) => part.startsWith(':') || part === parts[index])
    );
  });
  page?.asks(decoded(parts.at(-1) ?? ''), new URLSearchParams(search)).forEach(ask);
  await page?.preload();
}

/** A part of an address as it was meant; as it stands where it cannot be read. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Which page an address shows. */
export function Pages() {
  return (
    <Switch>
      <Route path="/" component={First} />
      {PAGES.map(({ path, draw }) => (
        <Route key={path} path={path}>
          {draw}
        </Route>
      ))}
      <Route component={UnknownPage} />
    </Switch>
  );
}

/** The first page, or where a link of an older message leads. */
function First() {
  const [search] = useSearchParams();
  const moved = movedHref(search);
  return moved === null ? <OverviewPage /> : <Redirect to={moved} replace />;
}
