import { Link } from 'wouter';
import type { DecisionPageAnswer } from '../../../collector/api/schema/decision-page.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { publicationState, reasonState } from '../parts/states.ts';
import { count, figure, seconds } from '../parts/words.ts';
import { contractHref, datasetHref, publicationHref } from '../shell/address.ts';
import { Answer, Page } from '../shell/page.tsx';
import { useResource } from '../shell/read.ts';
import { ChecksBlock } from './checks-block.tsx';
import { NextSteps } from './next-steps.tsx';
import './publications.css';

/** Why is it held, and what can I do? */
export default function PublicationPage({ id }: { readonly id: string }) {
  const query = useResource<DecisionPageAnswer>(`/api/v2/publications/${encodeURIComponent(id)}`);
  const evaluation = query.data?.evaluation;
  return (
    <Page
      title={evaluation ? `${evaluation.dataset} ${evaluation.partition}` : 'Publication'}
      heading={
        evaluation ? (
          <>
            <Name text={evaluation.dataset} /> <Partition text={evaluation.partition} />
          </>
        ) : (
          'Publication'
        )
      }
      about={query.data ? <About page={query.data} /> : undefined}
      readAt={query.dataUpdatedAt}
    >
      <Answer query={query}>{(page) => <Content page={page} />}</Answer>
    </Page>
  );
}

/** How the evaluation stands, in the words of the list. */
function stateOf({ evaluation, newerEvaluationId }: DecisionPageAnswer): {
  kind: 'unknown' | ReturnType<typeof publicationState>['kind'];
  word: string;
} {
  if (newerEvaluationId !== null) return { kind: 'unknown', word: 'Replaced by a newer one' };
  if (evaluation.publication?.state === 'rolled_back') return publicationState('rolled_back');
  if (evaluation.state === 'published') return publicationState('published');
  if (evaluation.decision === null) return publicationState('pending');
  return publicationState(evaluation.decision === 'allow' ? 'ready' : 'held');
}

function About({ page }: { readonly page: DecisionPageAnswer }) {
  const { evaluation, owner, waiting } = page;
  const { kind, word } = stateOf(page);
  return (
    <ul className="facts-line">
      <li>
        <Mark kind={kind} word={word} />
      </li>
      <li>
        asked <Moment at={evaluation.requestedAt} />
        {evaluation.requestedBy === null ? null : (
          <>
            {' '}
            by <Name text={evaluation.requestedBy} />
          </>
        )}
      </li>
      <li>{owner === null ? 'no owner stated' : <Name text={owner} />}</li>
      <li>
        <Link href={contractHref(evaluation.datasetId)}>contract {evaluation.contract.version}</Link>
      </li>
      {waiting === null || waiting.overdueSeconds === null ? null : (
        <li>
          <Mark kind="failed" word={`${seconds(waiting.overdueSeconds)} beyond its sla`} />
        </li>
      )}
    </ul>
  );
}

function Content({ page }: { readonly page: DecisionPageAnswer }) {
  const { evaluation } = page;
  const holding = evaluation.reasons.filter(({ holds }) => holds);
  return (
    <>
      <section className={holding.length > 0 ? 'block urgent' : 'block'} aria-labelledby="why">
        <div className="block-head">
          <h2 id="why">{holding.length > 0 ? 'Why it is held' : 'What was decided'}</h2>
          <Link href={datasetHref(evaluation.datasetId)}>Open the dataset</Link>
        </div>
        <div className="block-body">
          <ul className="reasons">
            {evaluation.reasons.map((reason) => {
              const { kind, word } =
                reason.waivedBy === null
                  ? reasonState(reason.status)
                  : { kind: 'unknown' as const, word: 'Waived' };
              return (
                <li key={reason.checkId}>
                  <Mark kind={kind} word={word} />
                  <span>
                    <Sentence text={reason.message} />
                    {reason.waivedBy === null ? null : (
                      <span className="soft">
                        {' '}
                        Let pass by <Name text={reason.waivedBy} />
                      </span>
                    )}
                    {reason.holds || reason.waivedBy !== null ? null : (
                      <span className="soft"> It does not hold it back.</span>
                    )}
                  </span>
                </li>
              );
            })}
            {evaluation.reasons.length === 0 ? (
              <li>
                <Mark
                  kind={evaluation.decision === 'allow' ? 'fine' : 'unknown'}
                  word={evaluation.decision === 'allow' ? 'Passed' : 'Not decided'}
                />
                {evaluation.decision === 'allow'
                  ? `Each of ${count(evaluation.checks.length, 'check')} passed.`
                  : 'It is being measured.'}
              </li>
            ) : null}
          </ul>
          <Serving page={page} />
        </div>
      </section>
      <NextSteps page={page} />
      <ChecksBlock checks={evaluation.checks} />
      <Candidate page={page} />
      <Acts page={page} />
    </>
  );
}

/** What readers of gold get meanwhile: the first thing they will ask. */
function Serving({ page: { serving, evaluation } }: { readonly page: DecisionPageAnswer }) {
  if (serving === null) return <p className="soft">Nothing of this partition is served.</p>;
  return (
    <p className="soft">
      {serving.evaluationId === evaluation.id ? 'This is what is served, ' : 'An earlier version is served, '}
      published <Moment at={serving.finishedAt ?? serving.startedAt} />
      {serving.previous === null ? '.' : '; what was there before is kept.'}
    </p>
  );
}

function Candidate({ page: { evaluation, evaluations } }: { readonly page: DecisionPageAnswer }) {
  return (
    <section className="block" aria-labelledby="candidate">
      <div className="block-head">
        <h2 id="candidate">Candidates of this partition</h2>
      </div>
      <dl className="facts">
        <div>
          <dt>Tested</dt>
          <dd>
            <Name text={evaluation.candidate.ref} />
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>
            {evaluation.candidate.version === null ? (
              'not known'
            ) : (
              <Name text={evaluation.candidate.version} />
            )}
          </dd>
        </div>
        <div>
          <dt>Target</dt>
          <dd>
            {evaluation.target === null ? (
              'none'
            ) : (
              <Name text={`${evaluation.warehouse}:${evaluation.target}`} />
            )}
          </dd>
        </div>
      </dl>
      <table>
        <caption className="visually-hidden">Evaluations of the same partition, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Asked</th>
            <th scope="col" className="wide">
              Candidate
            </th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col">Decision</th>
          </tr>
        </thead>
        <tbody>
          {evaluations.map((one) => (
            <tr key={one.evaluationId} aria-current={one.evaluationId === evaluation.id ? 'true' : undefined}>
              <th scope="row">
                <Link href={publicationHref(one.evaluationId)} data-row="">
                  <Moment at={one.requestedAt} short />
                </Link>
              </th>
              <td className="wide">
                <Name text={one.candidate.ref} />
              </td>
              <td className="number">{figure(one.rowCount)}</td>
              <td>{one.decision ?? one.state}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Acts({ page: { acts } }: { readonly page: DecisionPageAnswer }) {
  if (acts.length === 0) return null;
  return (
    <section className="block" aria-labelledby="acts">
      <div className="block-head">
        <h2 id="acts">Who did what</h2>
      </div>
      <ol className="rows">
        {acts.map(({ at, actor, action, detail }, index) => (
          <li key={index}>
            <div className="row-head">
              <strong>{action}</strong>
              <span>{actor === null ? 'by Assay' : <Name text={actor} />}</span>
              <span className="when">
                <Moment at={at} />
              </span>
            </div>
            <details>
              <summary>Detail</summary>
              <pre>{detail}</pre>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}
