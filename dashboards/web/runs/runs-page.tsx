import { Link } from 'wouter';
import type { RunList } from '../../../collector/api/schema/model.ts';
import { figure } from '../parts/words.ts';
import { useAddressState } from '../shell/address-state.ts';
import { Answer, Page } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';
import { isFiltered, RunFilters, runsQuery } from './run-filters.tsx';
import { RunTable } from './run-table.tsx';
import './runs.css';

const PAGE = 50;

/** What ran, how did it end? */
export default function RunsPage() {
  const [search, change] = useAddressState();
  const query = useResource<RunList>(`/api/v2/runs?${runsQuery(search, PAGE)}`);
  const cursor = search.get('cursor');
  return (
    <Page title="Runs" heading="Runs" about="The last first" readAt={query.dataUpdatedAt}>
      <section className="block" aria-label="Runs">
        <RunFilters search={search} change={change} />
        <Answer query={query} rows={10}>
          {({ runs, next }) => (
            <>
              {runs.length > 0 ? (
                <RunTable runs={runs} caption="Runs with their job, state and duration" />
              ) : null}
              <div role="status">{runs.length === 0 ? <Nothing filtered={isFiltered(search)} /> : null}</div>
              {next !== null || cursor !== null ? (
                <nav className="paging" aria-label="Pages of runs">
                  <button
                    type="button"
                    disabled={cursor === null}
                    onClick={() => change({ cursor: null }, { push: true })}
                  >
                    The latest
                  </button>
                  <button
                    type="button"
                    disabled={next === null}
                    onClick={() => change({ cursor: next }, { push: true })}
                  >
                    Earlier runs
                  </button>
                  <span className="soft figures">{figure(runs.length)} are shown</span>
                </nav>
              ) : null}
            </>
          )}
        </Answer>
      </section>
    </Page>
  );
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <p className="quiet">
      No run is like this. <Link href="/runs">Show all runs</Link>.
    </p>
  ) : (
    <p className="quiet">
      No run has been heard of yet. Point an OpenLineage client at this server (<code>OPENLINEAGE_URL</code> ={' '}
      <code>{location.origin}</code>), or try <code>npm run demo</code>.
    </p>
  );
}
