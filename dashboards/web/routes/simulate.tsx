import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Simulation } from '../../../collector/api/schema/alerting.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { figure } from '../parts/words.ts';
import { send } from '../shell/read.ts';

const SEVERITIES = ['critical', 'warning', 'info'];
const KINDS = [
  'volume',
  'freshness',
  'run',
  'schema',
  'completeness',
  'distribution',
  'integrity',
  'publication',
  'cost',
];
const TEXTS = [
  ['dataset', 'Dataset'],
  ['namespace', 'Namespace'],
  ['owner', 'Owner'],
  ['domain', 'Domain'],
  ['layer', 'Layer'],
] as const;

/** Tries an alert against the routes, now or at a time; nobody is told. */
export function Simulate({ configured }: { readonly configured: boolean }) {
  const trial = useMutation<Simulation, Error, Record<string, unknown>>({
    mutationFn: (body) => send<Simulation>('/api/v2/routes/simulate', body),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body: Record<string, unknown> = {};
    for (const [name, value] of form) if (typeof value === 'string' && value !== '') body[name] = value;
    if (typeof body['tier'] === 'string') body['tier'] = Number(body['tier']);
    if (typeof body['at'] === 'string') body['at'] = new Date(body['at']).toISOString();
    trial.mutate(body);
  };
  return (
    <section className="block" aria-labelledby="simulate">
      <div className="block-head">
        <h2 id="simulate">Where would this go?</h2>
      </div>
      <form className="simulate" onSubmit={submit}>
        <label>
          Severity
          <select name="severity">
            {SEVERITIES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          Kind
          <select name="kind">
            {KINDS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          Tier
          <select name="tier" defaultValue="3">
            <option>1</option>
            <option>2</option>
            <option>3</option>
          </select>
        </label>
        {TEXTS.map(([name, words]) => (
          <label key={name}>
            {words}
            <input name={name} maxLength={500} autoComplete="off" />
          </label>
        ))}
        <label>
          At (your time)
          <input name="at" type="datetime-local" />
        </label>
        <button type="submit" disabled={!configured || trial.isPending}>
          Try it
        </button>
      </form>
      <div role="status">
        {configured ? null : <p className="quiet">There are no routes to try yet.</p>}
        {trial.error ? <p className="quiet refusal">{trial.error.message}</p> : null}
        {trial.data ? <Outcome answer={trial.data} /> : null}
      </div>
    </section>
  );
}

function Outcome({ answer: { now, held, later, visits } }: { readonly answer: Simulation }) {
  return (
    <ul className="rows">
      {now.map(({ receiver, kind, because }, index) => (
        <li key={`now ${index}`}>
          <Mark kind="fine" word="Told at once" />{' '}
          <strong>
            <Name text={receiver} />
          </strong>{' '}
          ({kind}): <Sentence text={because} />
        </li>
      ))}
      {held.map(({ receiver, until, because }, index) => (
        <li key={`held ${index}`}>
          <Mark kind="held" word="Held back" />{' '}
          <strong>
            <Name text={receiver} />
          </strong>
          {until === null ? '' : ' until '}
          {until === null ? null : <Moment at={until} />}: <Sentence text={because} />
        </li>
      ))}
      {later.map(({ receiver, afterMinutes, route }, index) => (
        <li key={`later ${index}`}>
          <Mark kind="running" word="Later" />{' '}
          <strong>
            <Name text={receiver} />
          </strong>{' '}
          after {figure(afterMinutes)} minutes, if nobody acknowledges (<Name text={route} />)
        </li>
      ))}
      {now.length + held.length + later.length === 0 ? <li>Nobody would be told.</li> : null}
      <li>
        <details>
          <summary>Why: every route that was looked at</summary>
          <ol className="plain-list">
            {visits.map(({ route, matched, because }, index) => (
              <li key={index}>
                <Name text={route} /> {matched ? 'matches' : 'does not match'}: <Sentence text={because} />
              </li>
            ))}
          </ol>
        </details>
      </li>
    </ul>
  );
}
