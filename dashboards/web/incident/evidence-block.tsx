import { useState } from 'react';
import { Link } from 'wouter';
import type { EvidenceItem, IncidentDetail } from '../../../collector/api/schema/incidents.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { count, figure } from '../parts/words.ts';
import { datasetHref, publicationHref, runHref } from '../shell/address.ts';

/** Partitions shown at first. */
const FIRST = 6;

/** What was seen, a row for each partition, the latest first; why it lies in this incident. */
export function EvidenceBlock({ detail: { incident, evidence } }: { readonly detail: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const groups = [
    ...Map.groupBy(evidence, ({ datasetId, partition }) => `${datasetId} ${partition}`).values(),
  ].toReversed();
  const shown = all ? groups : groups.slice(0, FIRST);
  return (
    <section className="block" aria-labelledby="evidence">
      <div className="block-head">
        <h2 id="evidence">{count(incident.evidenceCount, 'piece', 'pieces')} of evidence</h2>
        <span className="soft figures">
          {figure(incident.standing)} {incident.standing === 1 ? 'still stands' : 'still stand'}
        </span>
      </div>
      <ul className="rows">
        {shown.map((group) => (
          <Row key={group[0]?.id} group={group} />
        ))}
      </ul>
      {groups.length > shown.length ? (
        <p className="block-body">
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show {count(groups.length - shown.length, 'more partition')}
          </button>
        </p>
      ) : null}
      {incident.evidenceCount > evidence.length ? (
        <p className="quiet">The first {figure(evidence.length)} pieces are shown.</p>
      ) : null}
    </section>
  );
}

function Row({ group }: { readonly group: readonly EvidenceItem[] }) {
  const [first] = group;
  if (!first) return null;
  const run = group.find(({ runId }) => runId !== null)?.runId ?? null;
  const decision = group.find(({ evaluationId }) => evaluationId !== null)?.evaluationId ?? null;
  return (
    <li>
      <div className="row-head">
        <Link className="row-title" href={datasetHref(first.datasetId)} data-row="">
          <Name text={first.dataset} /> <Partition text={first.partition} />
        </Link>
        <span className="when">
          <Moment at={first.at} short />
        </span>
      </div>
      <ul className="reasons">
        {group.map((piece) => (
          <li key={piece.id}>
            <Mark
              kind={piece.clearedAt === null ? 'finding' : 'fine'}
              word={piece.clearedAt === null ? 'Stands' : 'Over'}
            />
            <span>
              <Sentence text={piece.summary} />
              {piece.hint === null || piece.summary.includes(piece.hint) ? null : (
                <Sentence text={` (${piece.hint})`} />
              )}
            </span>
          </li>
        ))}
      </ul>
      <p className="row-foot">
        <Sentence text={`It lies here because: ${first.because.message}.`} />
        {run === null ? null : (
          <>
            {' '}
            <Link href={runHref(run)}>Run</Link>
          </>
        )}
        {decision === null ? null : (
          <>
            {' '}
            <Link href={publicationHref(decision)}>Decision</Link>
          </>
        )}
      </p>
    </li>
  );
}
