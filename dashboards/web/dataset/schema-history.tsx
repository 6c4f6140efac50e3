import { Link } from 'wouter';
import type { SchemaHistory as History } from '../../../collector/api/schema/model.ts';
import { Mark } from '../parts/mark.tsx';
import { Moment } from '../parts/moment.tsx';
import { Sentence } from '../parts/name.tsx';
import { runHref } from '../shell/address.ts';
import { useResource } from '../shell/read.ts';

/** What changed from one schema to the next, the last first. */
export function SchemaHistory({ id }: { readonly id: string }) {
  const { data } = useResource<History>(`/api/v2/datasets/${encodeURIComponent(id)}/schemas`);
  const changes = (data?.items ?? []).filter(({ change }) => change !== null);
  if (!data) return null;
  if (changes.length === 0) return <p className="quiet">It has not changed since it was first seen.</p>;
  return (
    <ul className="rows">
      {changes.map((one) => (
        <li key={`${one.schemaId} ${one.since}`}>
          <div className="row-head">
            <Mark
              kind={one.breaking ? 'finding' : 'fine'}
              word={one.breaking ? 'May break readers' : 'Harmless'}
            />
            <span className="when">
              since <Link href={runHref(one.runId)}>a run</Link> <Moment at={one.since} short />
            </span>
          </div>
          <Sentence text={one.change ?? ''} />
        </li>
      ))}
    </ul>
  );
}
