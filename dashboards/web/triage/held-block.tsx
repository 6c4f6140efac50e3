import { useState } from 'react';
import type { Overview, Publication, Reason } from '../../../collector/api/schema/overview.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { RowTitle } from '../parts/row-title.tsx';
import { reasonState } from '../parts/states.ts';
import { figure } from '../parts/words.ts';

const FIRST = 10;

/** The partitions that did not become gold, each with its reasons: what the person on call reads first. */
export function HeldBlock({ overview }: { readonly overview: Overview }) {
  const [all, setAll] = useState(false);
  const held = overview.publications.filter(({ state }) => state === 'held');
  const published = overview.publications.filter(({ state }) => state === 'published');
  const shown = all ? held : held.slice(0, FIRST);
  return (
    <section className={held.length > 0 ? 'block urgent' : 'block'} aria-labelledby="held-heading">
      <div className="block-head">
        <h2 id="held-heading">Held from gold</h2>
        {held.length > 0 ? <Mark kind="held" word={`${figure(overview.counts.held)} held`} /> : null}
      </div>
      {held.length === 0 ? <NothingHeld published={published} /> : null}
      <ul className="rows">
        {shown.map((publication) => (
          <HeldRow key={`${publication.evaluationId}`} publication={publication} />
        ))}
      </ul>
      {held.length > shown.length ? (
        <p className="block-body">
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show {figure(held.length - shown.length)} more
          </button>
        </p>
      ) : null}
    </section>
  );
}

function NothingHeld({ published }: { readonly published: readonly Publication[] }) {
  const [latest] = published;
  if (!latest) return <p className="quiet">Nothing is held. No contract has let anything become gold yet.</p>;
  return (
    <p className="quiet">
      Nothing is held. Last published: <Name text={latest.name} /> <Partition text={latest.partition} />{' '}
      {latest.decidedAt ? <Moment at={latest.decidedAt} /> : null}
    </p>
  );
}

function HeldRow({ publication }: { readonly publication: Publication }) {
  const { datasetId, name, partition, reasons, heldSince, serving, decision } = publication;
  return (
    <li>
      <div className="row-head">
        <RowTitle datasetId={datasetId} name={name} partition={partition} />
        {heldSince ? (
          <span className="when">
            since <Moment at={heldSince} />
          </span>
        ) : null}
      </div>
      <ul className="reasons">
        {reasons.map((reason) => (
          <ReasonLine key={`${reason.checkId} ${reason.message}`} reason={reason} />
        ))}
        {reasons.length === 0 ? (
          <li>
            <Mark kind="unknown" word="Unknown" />
            <span className="sentence">
              {decision === 'unknown'
                ? 'It could not be told whether the data is good.'
                : 'No reason was recorded.'}
            </span>
          </li>
        ) : null}
      </ul>
      <p className="row-foot">
        <Serving partition={partition} serving={serving} />
      </p>
    </li>
  );
}

function ReasonLine({ reason }: { readonly reason: Reason }) {
  const { kind, word } = reason.waivedBy === null ? reasonState(reason.status) : WAIVED;
  return (
    <li>
      <Mark kind={kind} word={word} />
      <span>
        <Sentence text={reason.message} />
        {reason.waivedBy === null ? null : (
          <span className="soft">
            {' '}
            Let pass by <Name text={reason.waivedBy} />
          </span>
        )}
      </span>
    </li>
  );
}

const WAIVED = { kind: 'unknown', word: 'Waived' } as const;

/** What readers of gold get meanwhile: the first thing they will ask. */
function Serving({ partition, serving }: Pick<Publication, 'partition' | 'serving'>) {
  if (!serving) return <>Nothing of this dataset has been published before.</>;
  if (serving.partition === partition) {
    return (
      <>
        Gold keeps the earlier version of this partition (published <Moment at={serving.publishedAt} short />
        ).
      </>
    );
  }
  return (
    <>
      Gold ends with <Partition text={serving.partition} /> (published{' '}
      <Moment at={serving.publishedAt} short />
      ).
    </>
  );
}
