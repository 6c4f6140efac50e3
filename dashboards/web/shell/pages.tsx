import { Redirect, Route, Switch, useSearchParams } from 'wouter';
import { OverviewPage } from '../triage/overview-page.tsx';
import { movedHref } from './address.ts';
import { pageFile } from './page-file.tsx';
import { UnknownPage } from './unknown-page.tsx';

// Each page in a file of its own; only the first one that is opened at 03:00 comes with the shell.
const IncidentPage = pageFile(() => import('../incident/incident-page.tsx'));
const DatasetPage = pageFile(() => import('../dataset/dataset-page.tsx'));
const LineagePage = pageFile(() => import('../lineage/lineage-page.tsx'));
const PublicationsPage = pageFile(() => import('../publications/publications-page.tsx'));
const PublicationPage = pageFile(() => import('../publications/publication-page.tsx'));
const ContractsPage = pageFile(() => import('../contracts/contracts-page.tsx'));
const ContractPage = pageFile(() => import('../contracts/contract-page.tsx'));
const ObjectivesPage = pageFile(() => import('../objectives/objectives-page.tsx'));
const QuarantinePage = pageFile(() => import('../quarantine/quarantine-page.tsx'));
const QuarantinedPage = pageFile(() => import('../quarantine/quarantined-page.tsx'));
const RoutesPage = pageFile(() => import('../routes/routes-page.tsx'));
const SearchPage = pageFile(() => import('../search/search-page.tsx'));
const SettingsPage = pageFile(() => import('../settings/settings-page.tsx'));
const RunsPage = pageFile(() => import('../runs/runs-page.tsx'));
const RunPage = pageFile(() => import('../runs/run-page.tsx'));
const JobPage = pageFile(() => import('../job/job-page.tsx'));

/** By the first part of an address: with a second part, and without. */
const FILES: Readonly<
  Record<string, readonly [one: { preload(): Promise<void> }, all?: { preload(): Promise<void> }]>
> = {
  incidents: [IncidentPage],
  datasets: [DatasetPage],
  lineage: [LineagePage],
  publications: [PublicationPage, PublicationsPage],
  contracts: [ContractPage, ContractsPage],
  objectives: [ObjectivesPage, ObjectivesPage],
  quarantine: [QuarantinedPage, QuarantinePage],
  routes: [RoutesPage, RoutesPage],
  search: [SearchPage, SearchPage],
  settings: [SettingsPage, SettingsPage],
  runs: [RunPage, RunsPage],
  jobs: [JobPage],
};

/** Fetches the file of the page at an address, so that it can be drawn at once. */
export async function fetchPage(path: string): Promise<void> {
  const [, first = '', second = ''] = path.split('/');
  const [one, all] = FILES[first] ?? [];
  await (second === '' ? all : one)?.preload();
}

/** Which page an address shows. The collector serves the same addresses (collector/api/pages.ts). */
export function Pages() {
  return (
    <Switch>
      <Route path="/" component={First} />
      <Route path="/incidents/:id">{({ id }) => <IncidentPage key={id} id={id} />}</Route>
      <Route path="/datasets/:id">{({ id }) => <DatasetPage key={id} id={id} />}</Route>
      <Route path="/lineage/:id">{({ id }) => <LineagePage key={id} id={id} />}</Route>
      <Route path="/publications" component={PublicationsPage} />
      <Route path="/publications/:id">{({ id }) => <PublicationPage key={id} id={id} />}</Route>
      <Route path="/contracts" component={ContractsPage} />
      <Route path="/contracts/:dataset">
        {({ dataset }) => <ContractPage key={dataset} dataset={dataset} />}
      </Route>
      <Route path="/objectives" component={ObjectivesPage} />
      <Route path="/quarantine" component={QuarantinePage} />
      <Route path="/quarantine/:id">{({ id }) => <QuarantinedPage key={id} id={id} />}</Route>
      <Route path="/routes" component={RoutesPage} />
      <Route path="/search" component={SearchPage} />
      <Route path="/settings" component={SettingsPage} />
      <Route path="/runs" component={RunsPage} />
      <Route path="/runs/:id">{({ id }) => <RunPage key={id} id={id} />}</Route>
      <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
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
