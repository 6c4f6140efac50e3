import { Link } from 'wouter';
import type { RunDetail } from '../../../collector/api/schema/model.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { reasonState, runState } from '../parts/states.ts';
import { count, duration, figure, partitionDay, seconds } from '../parts/words.ts';
import { jobHref, runHref } from '../shell/address.ts';
import { Absent, isAbsent } from '../shell/absent.tsx';
import { Answer, Page } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';
import { FacetTree } from './facet-tree.tsx';
import { Mentions } from './mentions.tsx';
import { Timeline } from './timeline.tsx';
import './runs.css';

const BELOW_SHOWN = 10;

/** Which run, what became of it, and why? */
export default function RunPage({ id }: { readonly id: string }) {
  const query = useResource<RunDetail>(`/api/v2/runs/${encodeURIComponent(id)}`);
  const { data } = query;
  return (
    <Page
      title={data ? `Run of ${data.run.job}` : 'Run'}
      heading={
        data ? (
          <>
            Run of <Name text={data.run.job} />
          </>
        ) : isAbsent(query) ? (
          'There is no such run'
        ) : (
          'Run'
        )
      }
      about={data ? <About detail={data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      {isAbsent(query) ? (
        <Absent query={query} />
      ) : (
        <Answer query={query}>{(detail) => <Content detail={detail} />}</Answer>
      )}
    </Page>
  );
}

function About({ detail: { run, parent, clockAheadSeconds } }: { readonly detail: RunDetail }) {
  const { kind, word } = runState(run.state);
  return (
    <>
      <ul className="facts-line">
        <li>
          <Mark kind={kind} word={word} />
        </li>
        <li>
          {run.startedAt === null ? (
            <>
              last heard of <Moment at={run.lastEventAt} />
            </>
          ) : (
            <>
              begun <Moment at={run.startedAt} />
            </>
          )}
        </li>
        {run.endedAt === null || run.startedAt === null ? null : (
          <li>took {duration(run.startedAt, run.endedAt)}</li>
        )}
        {run.nominalStart === null ? null : <li>about {partitionDay(run.nominalStart)}</li>}
        {run.attempts > 1 ? <li>{figure(run.attempts)} attempts</li> : null}
        <li>
          <Link href={jobHref(run.jobId)}>the job</Link>
        </li>
        {parent === null ? null : (
          <li>
            part of{' '}
            <Link href={runHref(parent.id)}>
              <Name text={parent.job} />
            </Link>
          </li>
        )}
      </ul>
      <p className="namespace">
        <Name text={run.jobNamespace} /> · {run.externalId === null ? run.id : <Name text={run.externalId} />}
        {run.engine === null ? null : (
          <>
            {' '}
            · <Name text={run.engine} />
          </>
        )}
        {run.integration === null ? null : (
          <>
            {' '}
            · <Name text={run.integration} />
          </>
        )}
      </p>
      {clockAheadSeconds > 60 ? (
        <p>The sender’s clock is at least {seconds(clockAheadSeconds)} ahead of this server’s.</p>
      ) : null}
    </>
  );
}

function Content({ detail }: { readonly detail: RunDetail }) {
  return (
    <>
      <Errors detail={detail} />
      <Timeline detail={detail} />
      <Mentions heading="Reads" mentions={detail.inputs} none="Its events name nothing that it reads." />
      <Mentions heading="Writes" mentions={detail.outputs} none="Its events name nothing that it writes." />
      <Tests detail={detail} />
      <Facets detail={detail} />
    </>
  );
}

/** First what went wrong; nothing where nothing did. */
function Errors({ detail: { run, errors, worst, children } }: { readonly detail: RunDetail }) {
  const worse = worst.runId !== run.id && worst.state !== run.state ? runState(worst.state) : null;
  const below = children.filter(({ state }) => state === 'FAILED' || state === 'ABORTED' || state === 'LOST');
  if (errors.length + below.length === 0 && worse === null && !run.conflicting && run.state !== 'LOST')
    return null;
  return (
    <section className="block urgent" aria-labelledby="errors">
      <div className="block-head">
        <h2 id="errors">What went wrong</h2>
      </div>
      <div className="block-body">
        {errors.map(({ message, task }) => (
          <p key={`${task ?? ''} ${message}`} className="reason-text">
            {task === null ? null : (
              <>
                <Name text={task} />:{' '}
              </>
            )}
            <Sentence text={message} />
          </p>
        ))}
        {worse ? (
          <p>
            <Mark kind={worse.kind} word={worse.word} /> is the worst among the {count(worst.runs, 'run')}{' '}
            below it:{' '}
            <Link href={runHref(worst.runId)} data-row="">
              see that one
            </Link>
            . A gate relies on that, not on this run’s own word.
          </p>
        ) : null}
        {below.length > 0 ? (
          <ul className="failed-below" aria-label="Runs that it started">
            {below.slice(0, BELOW_SHOWN).map((child) => {
              const { kind, word } = runState(child.state);
              return (
                <li key={child.id}>
                  <Mark kind={kind} word={word} />{' '}
                  <Link href={runHref(child.id)} data-row="">
                    <Name text={child.job} />
                  </Link>{' '}
                  {child.error === null ? null : <Sentence text={child.error} />}
                </li>
              );
            })}
          </ul>
        ) : null}
        {below.length > BELOW_SHOWN ? <p>{figure(below.length - BELOW_SHOWN)} more below.</p> : null}
        {run.conflicting ? <p>It reported both an end and a failure; it counts as failed.</p> : null}
        {run.state === 'LOST' ? (
          <p>It began and has been silent for longer than usual. A late event takes that back.</p>
        ) : null}
      </div>
    </section>
  );
}

function Tests({ detail: { assertions } }: { readonly detail: RunDetail }) {
  if (assertions.length === 0) return null;
  const state = (success: boolean | null, severity: string) =>
    reasonState(success === null ? 'skipped' : success ? 'pass' : severity === 'warn' ? 'warn' : 'fail');
  return (
    <section className="block" aria-labelledby="tests">
      <div className="block-head">
        <h2 id="tests">Tests that it reported</h2>
        <span className="soft figures">{count(assertions.length, 'result')}</span>
      </div>
      <table>
        <caption className="visually-hidden">Results of tests, as this run reported them</caption>
        <thead>
          <tr>
            <th scope="col">Test</th>
            <th scope="col">Result</th>
            <th scope="col">Of</th>
            <th scope="col">Expected, and found</th>
          </tr>
        </thead>
        <tbody>
          {assertions
            .toSorted((a, b) => rank(a.success) - rank(b.success))
            .map((test, index) => {
              const { kind, word } = state(test.success, test.severity);
              return (
                <tr key={index}>
                  <th scope="row">
                    <Name text={test.name ?? test.assertion} />
                  </th>
                  <td>
                    <Mark kind={kind} word={word} />
                  </td>
                  <td>
                    {test.dataset === null ? 'the run' : <Name text={test.dataset} />}
                    {test.column === null ? null : (
                      <>
                        {' '}
                        <Name text={test.column} />
                      </>
                    )}
                  </td>
                  <td>
                    <Sentence
                      text={[test.expected, test.actual].filter((part) => part !== null).join(', ') || '–'}
                    />
                  </td>
                </tr>
              );
            })}
        </tbody>
      </table>
    </section>
  );
}

function rank(success: boolean | null): number {
  return success === false ? 0 : success === null ? 1 : 2;
}

function Facets({ detail }: { readonly detail: RunDetail }) {
  const { facets, inputFacets, outputFacets, facetsExpired } = detail;
  const named = [
    ...inputFacets.map((one) => ({ ...one, role: 'reads' })),
    ...outputFacets.map((one) => ({ ...one, role: 'writes' })),
  ].filter((one) => Object.keys(one.facets).length > 0);
  return (
    <section className="block" aria-labelledby="facets">
      <div className="block-head">
        <h2 id="facets">What its events say</h2>
      </div>
      {facetsExpired ? (
        <p className="quiet">
          Some of it is gone: its events are older than <code>retention.events_days</code> keeps them.
        </p>
      ) : null}
      {Object.keys(facets).length === 0 && named.length === 0 && !facetsExpired ? (
        <p className="quiet">Nothing beyond that it ran.</p>
      ) : null}
      <FacetTree facets={facets} />
      {named.map(({ role, namespace, name, facets: of }) => (
        <div key={`${role} ${namespace} ${name}`}>
          <h3 className="facets-of">
            {role} <Name text={name} />
          </h3>
          <FacetTree facets={of} />
        </div>
      ))}
    </section>
  );
}
