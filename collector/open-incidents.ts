import { Incidents } from './incidents/incidents.ts';
import type { Database } from '#store/database.ts';
import { countIncidents, type IncidentCountRow } from '#store/incidents.ts';
import type { Metrics, Telemetry } from './telemetry.ts';

export interface IncidentServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly telemetry: Pick<Telemetry, 'log' | 'metrics'>;
}

/** Composes the incidents with their metrics; they begin with `start`. */
export function openIncidents({ telemetry: { log, metrics }, ...services }: IncidentServices): Incidents {
  return new Incidents({
    ...services,
    onPass: ({ facts, incidents, seconds }) => {
      metrics.incidentEvidence.inc(facts);
      metrics.incidentChanges.inc(incidents);
      metrics.incidentPassSeconds.observe(seconds);
    },
    onError: (error) => log.error({ err: error }, 'evidence could not be folded; it is tried again'),
  });
}

const SEVERITIES = ['notice', 'warning', 'critical'] as const;

/** Reads how many incidents are open, for /metrics. */
export async function countOpenIncidents(
  database: Database,
  { incidentsOpen }: Pick<Metrics, 'incidentsOpen'>,
): Promise<void> {
  const rows = await database.rows<IncidentCountRow>(countIncidents());
  for (const state of ['open', 'acknowledged', 'snoozed'] as const)
    for (const severity of SEVERITIES) {
      const row = rows.find((one) => one.state === state && one.severity === severity);
      incidentsOpen.set({ state, severity }, row?.count ?? 0);
    }
}
