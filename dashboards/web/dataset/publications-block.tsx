import { Link } from 'wouter';
import type { HallmarkList } from '../../../collector/api/schema/gates.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Partition, Sentence } from '../parts/name.tsx';
import { publicationState } from '../parts/states.ts';
import { publicationHref } from '../shell/address.ts';
import { useResource } from '../shell/read.ts';

const SHOWN = 10;

/** What the gate decided of its last partitions; nothing where no gate stands. */
export function PublicationsBlock({ id }: { readonly id: string }) {
  const { data } = useResource<HallmarkList>(
    `/api/v2/publications?dataset=${encodeURIComponent(id)}&limit=${SHOWN}`,
  );
  if (!data || data.items.length === 0) return null;
  return (
    <section className="block" aria-labelledby="dataset-publications">
      <div className="block-head">
        <h2 id="dataset-publications">Publications</h2>
        <Link href={`/publications?dataset=${encodeURIComponent(id)}`}>All of them</Link>
      </div>
      <ul className="rows">
        {data.items.map((item) => {
          const { kind, word } = publicationState(item.state);
          const because = item.reasons.find(({ waivedBy }) => waivedBy === null);
          return (
            <li key={item.evaluationId}>
              <div className="row-head">
                <Mark kind={kind} word={word} />
                <Link className="row-title" href={publicationHref(item.evaluationId)} data-row="">
                  <Partition text={item.partition} />
                </Link>
                <span className="when">
                  <Moment at={item.publishedAt ?? item.requestedAt} short />
                </span>
              </div>
              {item.state === 'held' && because ? <Sentence text={because.message} /> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
