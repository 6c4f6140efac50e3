import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Overview, OverviewIncident } from '../../../collector/api/schema/overview.ts';
import { incidentHref, publicationHref } from '../shell/address.ts';
import { isKnown, usePerson } from '../shell/person.ts';
import { isTyping } from '../shell/typing.ts';
import { useCommand } from '../shell/write.ts';
import { incidentState } from '../incident/incident-words.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { count } from '../parts/words.ts';

const FIRST = 5;

/** What is wrong by its cause: one row for each, the reason first. Nothing where nothing is. */
export function IncidentsBlock({ overview }: { readonly overview: Overview }) {
  const [all, setAll] = useState(false);
  const { incidents } = overview;
  const { error } = useRowKeys();
  if (incidents.length === 0) return null;
  const shown = all ? incidents : incidents.slice(0, FIRST);
  return (
    <section className="block" aria-labelledby="incidents-heading">
      <div className="block-head">
        <h2 id="incidents-heading">Incidents</h2>
        <span className="figures soft">{count(incidents.length, 'incident')} by cause</span>
      </div>
      <div role="status">{error ? <p className="quiet refusal">{error.message}</p> : null}</div>
      <ul className="rows">
        {shown.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </ul>
      {incidents.length > shown.length ? (
        <p className="block-body">
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show {count(incidents.length - shown.length, 'more incident')}
          </button>
        </p>
      ) : null}
    </section>
  );
}

function IncidentRow({ incident }: { readonly incident: OverviewIncident }) {
  const { root, partition, summary, openedAt, impactedCount, datasets, assignee } = incident;
  const { kind, word } = incidentState(incident);
  return (
    <li>
      <div className="row-head">
        <Link className="row-title" href={incidentHref(incident.id)} data-row="" data-incident={incident.id}>
          <Name text={root.dataset} /> <Partition text={partition} />
        </Link>
        <span className="when">
          <Moment at={openedAt} short />
        </span>
      </div>
      <ul className="reasons">
        <li>
          <Mark kind={kind} word={word} />
          <Sentence text={summary} />
        </li>
      </ul>
      <HeldLine incident={incident} />
      <p className="row-foot">
        {root.how === 'suspected'
          ? 'Suspected root: nobody looks at it, and it explains what is bad below. '
          : ''}
        Seen on {count(datasets, 'dataset')}; {count(impactedCount, 'dataset')} below it.
        {incident.owner === null ? (
          ' No owner is stated.'
        ) : (
          <>
            {' '}
            Owner: <Name text={incident.owner} />.
          </>
        )}
        {assignee === null ? null : (
          <>
            {' '}
            <Name text={assignee} /> is at it.
          </>
        )}
      </p>
    </li>
  );
}

/** What it keeps from gold, each with the way to its decision. Nothing where nothing is. */
function HeldLine({ incident: { held, heldCount } }: { readonly incident: OverviewIncident }) {
  if (held.length === 0) return null;
  return (
    <ul className="held-line">
      {held.map(({ evaluationId, dataset, partition }) => (
        <li key={evaluationId}>
          <Mark kind="held" word="Holds" />{' '}
          <Link href={publicationHref(evaluationId)}>
            <Name text={dataset} /> <Partition text={partition} />
          </Link>
        </li>
      ))}
      {heldCount > held.length ? (
        <li className="soft">and {count(heldCount - held.length, 'other')}</li>
      ) : null}
    </ul>
  );
}

/** On a row that has the focus, a takes the incident and s lets it rest; both ask on its page who does it. */
function useRowKeys() {
  const person = usePerson();
  const command = useCommand();
  const [, navigate] = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (isTyping(event.target) || !(event.target instanceof HTMLElement)) return;
      const id = event.target.dataset['incident'];
      if (id === undefined || (event.key !== 'a' && event.key !== 's')) return;
      event.preventDefault();
      if (event.key === 's') navigate(`${incidentHref(id)}?act=snooze`);
      else if (isKnown(person)) command.mutate({ path: `/api/v2/incidents/${id}/ack`, body: {} });
      else navigate(incidentHref(id));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
  return command;
}
