import { lazy } from 'react';
import { Redirect, Route, Switch, useSearchParams } from 'wouter';
import { OverviewPage } from '../triage/overview-page.tsx';
import { movedHref } from './address.ts';
import { UnknownPage } from './unknown-page.tsx';

// Each page in a file of its own; only the first one that is opened at 03:00 comes with the shell.
const IncidentPage = lazy(() => import('../incident/incident-page.tsx'));
const DatasetPage = lazy(() => import('../dataset/dataset-page.tsx'));
const LineagePage = lazy(() => import('../lineage/lineage-page.tsx'));
const PublicationsPage = lazy(() => import('../publications/publications-page.tsx'));
const PublicationPage = lazy(() => import('../publications/publication-page.tsx'));
const ContractsPage = lazy(() => import('../contracts/contracts-page.tsx'));
const ContractPage = lazy(() => import('../contracts/contract-page.tsx'));
const ObjectivesPage = lazy(() => import('../objectives/objectives-page.tsx'));
const QuarantinePage = lazy(() => import('../quarantine/quarantine-page.tsx'));
const QuarantinedPage = lazy(() => import('../quarantine/quarantined-page.tsx'));
const RoutesPage = lazy(() => import('../routes/routes-page.tsx'));
const SearchPage = lazy(() => import('../search/search-page.tsx'));
const SettingsPage = lazy(() => import('../settings/settings-page.tsx'));
const RunsPage = lazy(() => import('../runs/runs-page.tsx'));
const RunPage = lazy(() => import('../runs/run-page.tsx'));
const JobPage = lazy(() => import('../job/job-page.tsx'));

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
