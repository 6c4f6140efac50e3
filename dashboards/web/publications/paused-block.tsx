import { Link } from 'wouter';
import type { OpenPauses } from '../../../collector/api/schema/breaker.ts';
import { Name } from '../parts/name.tsx';
import { count } from '../parts/words.ts';
import { datasetHref } from '../shell/address.ts';
import { useResource } from '../shell/read.ts';
import { PauseRow } from './pause-row.tsx';

/** Loads that the circuit breaker keeps still now, in all datasets. Nothing where none is. */
export function PausedBlock() {
  const { data } = useOpenPauses();
  if (!data || data.items.length === 0) return null;
  return (
    <section className="block urgent" aria-labelledby="paused-loads">
      <div className="block-head">
        <h2 id="paused-loads">{count(data.items.length, 'load')} paused by the circuit breaker</h2>
      </div>
      <ul className="rows">
        {data.items.map((pause) => (
          <PauseRow key={pause.id} pause={pause}>
            <span>
              feeds{' '}
              <Link href={datasetHref(pause.datasetId)} data-row="">
                <Name text={pause.dataset} />
              </Link>
            </span>
          </PauseRow>
        ))}
      </ul>
    </section>
  );
}

export function useOpenPauses() {
  return useResource<OpenPauses>('/api/v2/breaker');
}
