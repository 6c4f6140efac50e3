import { useState } from 'react';
import type { IncidentDetail } from '../../../collector/api/schema/incidents.ts';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { count } from '../parts/words.ts';

type Event = IncidentDetail['timeline'][number];

const SHOWN = 8;

/** What happened, the last first; what only adds evidence is one line until the next act. */
export function Timeline({ detail: { timeline } }: { readonly detail: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const lines = linesOf(timeline).toReversed();
  const shown = all ? lines : lines.slice(0, SHOWN);
  return (
    <section className="block" aria-labelledby="timeline">
      <div className="block-head">
        <h2 id="timeline">What happened</h2>
      </div>
      <ol className="rows">
        {shown.map(({ event, more }, index) => (
          <li key={`${event.at} ${index}`}>
            <div className="row-head">
              <strong>{event.type}</strong>
              {event.actor === null ? null : (
                <span>
                  by <Name text={event.actor} />
                </span>
              )}
              <span className="when">
                <Moment at={event.at} />
              </span>
            </div>
            <Sentence text={event.message} />
            {more > 0 ? <span className="soft"> ({count(more, 'time')} before it, too)</span> : null}
          </li>
        ))}
      </ol>
      {lines.length > shown.length ? (
        <p className="block-body">
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show {count(lines.length - shown.length, 'more line')}
          </button>
        </p>
      ) : null}
    </section>
  );
}

/** @param timeline oldest first */
function linesOf(timeline: readonly Event[]): { readonly event: Event; readonly more: number }[] {
  const lines: { event: Event; more: number }[] = [];
  for (const event of timeline) {
    const last = lines.at(-1);
    if (last?.event.type === 'evidence' && event.type === 'evidence')
      lines[lines.length - 1] = { event, more: last.more + 1 };
    else lines.push({ event, more: 0 });
  }
  return lines;
}
