import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import type { DecisionPageAnswer } from '../../../collector/api/schema/decision-page.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { publicationHref } from '../shell/address.ts';
import { isKnown, usePerson } from '../shell/person.ts';
import { askWho, WhoYouAre } from '../shell/who-you-are.tsx';
import { useCommand, type Command } from '../shell/write.ts';

const DAY = 86_400_000;
const SPANS = [
  ['1', '1 day'],
  ['7', '7 days'],
  ['30', '30 days'],
] as const;

type Step = DecisionPageAnswer['nextSteps'][number];

/** What may be done now, the most likely first; acts that are the gate's own have their button. */
export function NextSteps({ page }: { readonly page: DecisionPageAnswer }) {
  const person = usePerson();
  const command = useCommand();
  const [waiving, setWaiving] = useState(false);
  const act = (one: Command): void => {
    // A form that is opened until the answer is there stays open.
    const close = (): void => {
      if (waiving) setWaiving(false);
    };
    if (isKnown(person)) command.mutate(one, { onSuccess: close });
    else askWho();
  };
  const { evaluation, waivers, nextSteps, newerEvaluationId } = page;
  const open = waivers.filter(({ state }) => state !== 'over');
  return (
    <section className="block" aria-labelledby="next">
      <div className="block-head">
        <h2 id="next">What you can do</h2>
      </div>
      <div className="block-body">
        <WhoYouAre />
        <div role="status">
          {command.error ? <p className="refusal">{command.error.message}</p> : null}
          {command.isPending ? <p>Sending…</p> : null}
        </div>
      </div>
      <ul className="rows">
        {nextSteps.map((step) => (
          <li key={`${step.kind} ${step.text}`}>
            <div className="step">
              <Sentence text={step.text} />
              {step.kind === 'see_newer' && newerEvaluationId !== null ? (
                <Link href={publicationHref(newerEvaluationId)}>Open it</Link>
              ) : null}
              {step.kind === 'publish' ? (
                <button type="button" disabled={command.isPending} onClick={() => act(publishing(page))}>
                  Publish this version
                </button>
              ) : null}
              {step.kind === 'rollback' ? (
                <button
                  type="button"
                  disabled={command.isPending}
                  onClick={() => {
                    if (confirm('Put back what was served before?')) act(rollingBack(page));
                  }}
                >
                  Roll back
                </button>
              ) : null}
              {step.kind === 'waive' ? (
                <button type="button" aria-expanded={waiving} onClick={() => setWaiving(!waiving)}>
                  Ask for a waiver
                </button>
              ) : null}
            </div>
            {step.command === null ? null : <StepCommand step={step} />}
            {step.kind === 'waive' && waiving ? (
              <WaiverForm page={page} onSend={act} onCancel={() => setWaiving(false)} />
            ) : null}
          </li>
        ))}
        {open.map((waiver) => (
          <li key={waiver.id}>
            <div className="step">
              <span>
                <Mark
                  kind={waiver.state === 'in_force' ? 'fine' : 'running'}
                  word={waiver.state === 'in_force' ? 'In force' : 'Waits for a second person'}
                />{' '}
                <Name text={waiver.requestedBy} /> asks to let {waiver.checkIds.length} pass until{' '}
                <Moment at={waiver.expiresAt} />: <Sentence text={waiver.reason} />
                {waiver.approvedBy === null ? null : (
                  <>
                    {' '}
                    Approved by <Name text={waiver.approvedBy} />.
                  </>
                )}
              </span>
              {waiver.state === 'waits' ? (
                <button
                  type="button"
                  disabled={command.isPending}
                  onClick={() =>
                    act({ path: `/api/v2/gates/waivers/${waiver.id}/approve`, body: {}, by: 'approvedBy' })
                  }
                >
                  Approve
                </button>
              ) : null}
            </div>
          </li>
        ))}
        {nextSteps.length === 0 && open.length === 0 ? <li>Nothing needs to be done.</li> : null}
      </ul>
      {evaluation.frozen === null ? null : (
        <p className="quiet">
          The gate was stopped by <Name text={evaluation.frozen.author} />:{' '}
          <Sentence text={evaluation.frozen.reason} />
        </p>
      )}
    </section>
  );
}

function StepCommand({ step }: { readonly step: Step }) {
  // Broken between words only, and not after the dashes of a flag.
  const words = (step.command ?? '').split(' ');
  return (
    <pre className="command">
      {words.flatMap((word, index) => [
        index > 0 ? ' ' : '',
        <span key={index} className="name">
          {word}
        </span>,
      ])}
    </pre>
  );
}

function publishing({ evaluation }: DecisionPageAnswer): Command {
  return {
    path: `/api/v2/gates/evaluations/${evaluation.id}/publish`,
    body: { expectedVersion: evaluation.candidate.version ?? '' },
    by: 'requestedBy',
  };
}

function rollingBack({ evaluation }: DecisionPageAnswer): Command {
  return {
    path: `/api/v2/gates/${encodeURIComponent(evaluation.datasetId)}/rollback`,
    body: { partition: evaluation.partition },
    by: 'requestedBy',
  };
}

interface WaiverFormProps {
  readonly page: DecisionPageAnswer;
  readonly onSend: (command: Command) => void;
  readonly onCancel: () => void;
}

/** Which failures are to pass, why, and for how long; a second person approves. */
function WaiverForm({ page: { evaluation }, onSend, onCancel }: WaiverFormProps) {
  const holding = evaluation.reasons.filter(({ holds, waivedBy }) => holds && waivedBy === null);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSend({
      path: `/api/v2/gates/evaluations/${evaluation.id}/waivers`,
      body: {
        checkIds: form.getAll('check'),
        reason: form.get('reason'),
        expiresAt: new Date(Date.now() + Number(form.get('days')) * DAY).toISOString(),
      },
      by: 'requestedBy',
    });
  };
  return (
    <form
      className="waiver"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <fieldset>
        <legend>Let pass</legend>
        {holding.map(({ checkId, message }) => (
          <label key={checkId}>
            <input type="checkbox" name="check" value={checkId} defaultChecked={holding.length === 1} />{' '}
            <Sentence text={message} />
          </label>
        ))}
      </fieldset>
      <label>
        Why is the data right all the same?{' '}
        <input name="reason" required maxLength={4000} autoComplete="off" />
      </label>
      <label>
        For{' '}
        <select name="days">
          {SPANS.map(([days, words]) => (
            <option key={days} value={days}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Ask a second person</button>
      <button type="button" className="plain" onClick={onCancel}>
        Leave it
      </button>
    </form>
  );
}
