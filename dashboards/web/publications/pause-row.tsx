import type { ReactNode } from 'react';
import type { Pause } from '../../../collector/api/schema/breaker.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { isOpenPause, pauseState } from './pause-words.ts';

/** One pause of one load, its reasons in the row. @param children what it feeds, where that is not plain */
export function PauseRow({ pause, children }: { readonly pause: Pause; readonly children?: ReactNode }) {
  return (
    <li>
      <div className="row-head">
        <Mark {...pauseState(pause)} />
        <strong>
          <Name text={pause.load} />
        </strong>
        {children}
        <span className="when">
          {isOpenPause(pause) ? 'since ' : null}
          <Moment at={isOpenPause(pause) ? pause.begunAt : pause.changedAt} short />
        </span>
      </div>
      {pause.reasons.length === 0 ? null : (
        <ul className="plain-list">
          {pause.reasons.map(({ id, message }) => (
            <li key={id}>
              <Sentence text={message} />
            </li>
          ))}
        </ul>
      )}
      {pause.detail === '' ? null : (
        <p className="row-foot">
          <Sentence text={pause.detail} />
        </p>
      )}
    </li>
  );
}
