import type { BreakerAnswer } from '../../../collector/api/schema/breaker.ts';
import { PauseRow } from '../publications/pause-row.tsx';
import { isOpenPause } from '../publications/pause-words.ts';
import { useResource } from '../shell/read.ts';

/** Pauses that are over and are still shown. */
const OVER = 3;

/** How the circuit breaker stands on the loads that feed it; nothing where none was ever paused. */
export function BreakerBlock({ id }: { readonly id: string }) {
  const { data } = useResource<BreakerAnswer>(`/api/v2/gates/${encodeURIComponent(id)}/breaker`);
  if (!data || data.items.length === 0) return null;
  const open = data.items.filter(isOpenPause);
  const over = data.items.filter((pause) => !isOpenPause(pause)).slice(0, OVER);
  return (
    <section className={open.length > 0 ? 'block urgent' : 'block'} aria-labelledby="breaker">
      <div className="block-head">
        <h2 id="breaker">Circuit breaker</h2>
        <span className="soft">
          {open.length > 0 ? 'what feeds it stands still while something is broken' : 'what feeds it runs'}
        </span>
      </div>
      <ul className="rows">
        {[...open, ...over].map((pause) => (
          <PauseRow key={pause.id} pause={pause} />
        ))}
      </ul>
    </section>
  );
}
