import type { AlertSource, IncidentActions } from '#model/alert-source.ts';

/** A source that has nothing to tell: of an Assay without incidents, and of tests. */
export const NO_INCIDENTS: AlertSource & IncidentActions = {
  eventsSince: async (cursor) => ({ events: [], cursor }),
  acknowledge: async () => ({ status: 'failure', reason: 'There are no incidents here.' }),
  snooze: async () => ({ status: 'failure', reason: 'There are no incidents here.' }),
  resolve: async () => ({ status: 'failure', reason: 'There are no incidents here.' }),
};
