import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { EvidenceItem, IncidentDetail } from '../../collector/api/schema/incidents.ts';
import { datasetHref } from './address.ts';
import { incidentState } from './incident-words.ts';
import { Mark } from './mark.tsx';
import { Moment } from './moment.tsx';
import { Name, Partition, Sentence } from './name.tsx';
import { useIncident } from './read.ts';
import { Skeleton } from './skeleton.tsx';
import { Trouble } from './trouble.tsx';
import { count } from './words.ts';

const EVIDENCE_SHOWN = 20;

/** One incident: the reason, what changed, whom it touches, why each piece of evidence lies here, what happened. */
export function IncidentPanel({ id }: { readonly id: string }) {
  const { data, error, dataUpdatedAt } = useIncident(id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section className="block urgent" aria-labelledby="incident-heading">
      <div className="block-head">
        <h2 id="incident-heading" tabIndex={-1} ref={heading}>
          Incident
        </h2>
        <Link href="/">Close</Link>
      </div>
      {error ? <Trouble error={error} shownSince={data ? dataUpdatedAt : null} /> : null}
      {data ? <Detail detail={data} /> : null}
      {!data && !error ? <Skeleton rows={4} /> : null}
    </section>
  );
}

function Detail({ detail }: { readonly detail: IncidentDetail }) {
  const { incident, evidence, blastRadius, changes, timeline } = detail;
  const { kind, word } = incidentState(incident);
  return (
    <ul className="rows">
      <li>
        <div className="row-head">
          <Link className="row-title" href={datasetHref(incident.root.datasetId)} data-row="">
            <Name text={incident.root.dataset} /> <Partition text={incident.partition} />
          </Link>
          <span className="when">
            since <Moment at={incident.openedAt} />
          </span>
        </div>
        <ul className="reasons">
          <li>
            <Mark kind={kind} word={word} />
            <Sentence text={incident.summary} />
          </li>
        </ul>
        {changes.map((change) => (
          <p className="row-foot" key={change}>
            <Sentence text={`Different: ${change}.`} />
          </p>
        ))}
      </li>
      <li>
        <h3>Whom it touches</h3>
        <p>
          {blastRadius.datasetCount === 0
            ? 'Nothing that Assay knows of is made from it.'
            : `${count(blastRadius.datasetCount, 'dataset')} below it:`}{' '}
          {blastRadius.datasets.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 ? ', ' : ''}
              <Name text={name} />
            </span>
          ))}
        </p>
        {blastRadius.held.map(({ evaluationId, dataset, partition }) => (
          <p className="row-foot" key={evaluationId}>
            The gate holds <Name text={dataset} /> <Partition text={partition} />.
          </p>
        ))}
      </li>
      <li>
        <h3>{count(incident.evidenceCount, 'piece', 'pieces')} of evidence</h3>
        <ul className="reasons">
          {evidence.slice(-EVIDENCE_SHOWN).map((piece) => (
            <EvidenceLine key={piece.id} piece={piece} />
          ))}
        </ul>
        {incident.evidenceCount > EVIDENCE_SHOWN ? (
          <p className="row-foot">The latest {EVIDENCE_SHOWN} are shown.</p>
        ) : null}
      </li>
      <li>
        <h3>What happened</h3>
        <ul className="reasons">
          {timeline.map(({ at, type, actor, message }) => (
            <li key={`${at} ${type} ${message}`}>
              <Moment at={at} short />
              <span>
                <Sentence text={`${type}${actor === null ? '' : ` by ${actor}`}: ${message}`} />
              </span>
            </li>
          ))}
        </ul>
      </li>
    </ul>
  );
}

function EvidenceLine({ piece }: { readonly piece: EvidenceItem }) {
  return (
    <li>
      <Mark
        kind={piece.clearedAt === null ? 'finding' : 'fine'}
        word={piece.clearedAt === null ? 'Stands' : 'Over'}
      />
      <span>
        <Name text={piece.dataset} /> <Partition text={piece.partition} /> <Sentence text={piece.summary} />{' '}
        <span className="soft">
          <Sentence text={`(${piece.because.message})`} />
        </span>
      </span>
    </li>
  );
}
