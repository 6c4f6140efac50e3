import { Link } from 'wouter';
import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { Mark } from '../parts/mark.tsx';
import { Partition } from '../parts/name.tsx';
import { incidentMark } from '../parts/states.ts';
import { count, figure } from '../parts/words.ts';
import { incidentHref } from '../shell/address.ts';

/** Incidents that are named below the chart; the table has all of them. */
const SHOWN = 4;

/** Leads from a value to the incident that it is evidence of; what was seen stands on hover. */
export function IncidentLink({ incident }: { readonly incident: NonNullable<SeriesPoint['incident']> }) {
  return (
    <Link href={incidentHref(incident.id)} title={incident.summary}>
      <Mark {...incidentMark(incident)} />
    </Link>
  );
}

interface IncidentsOfSeriesProps {
  readonly points: readonly SeriesPoint[];
  /** The incident on whose page it is shown. */
  readonly here: string | null;
}

/** The incidents that are marked in the chart, the latest first: a mark on a canvas cannot be a link. */
export function IncidentsOfSeries({ points, here }: IncidentsOfSeriesProps) {
  const groups = [
    ...Map.groupBy(
      points.filter(({ incident }) => incident !== null && incident.id !== here).toReversed(),
      ({ incident }) => incident?.id,
    ).values(),
  ];
  if (groups.length === 0) return null;
  return (
    <ul className="series-incidents" aria-label="Incidents in this chart">
      {groups.slice(0, SHOWN).map(([latest, ...earlier]) =>
        latest?.incident ? (
          <li key={latest.incident.id}>
            <IncidentLink incident={latest.incident} /> <Partition text={latest.partition} />
            {earlier.length > 0 ? (
              <span className="soft"> and {count(earlier.length, 'earlier partition')}</span>
            ) : null}
          </li>
        ) : null,
      )}
      {groups.length > SHOWN ? (
        <li className="soft">{figure(groups.length - SHOWN)} more in the table</li>
      ) : null}
    </ul>
  );
}
