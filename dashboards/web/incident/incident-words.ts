import type { IncidentItem } from '../../../collector/api/schema/incidents.ts';
import type { StateWord } from '../parts/states.ts';

const SEVERITIES: Readonly<Record<IncidentItem['severity'], StateWord>> = {
  critical: { kind: 'failed', word: 'Critical' },
  warning: { kind: 'finding', word: 'Warning' },
  notice: { kind: 'unknown', word: 'Notice' },
};

/** The one word for an incident: how bad it is, unless somebody is at it or it is over. */
export function incidentState({ state, severity }: IncidentItem): StateWord {
  if (state === 'resolved' || state === 'merged') return { kind: 'fine', word: 'Resolved' };
  if (state === 'acknowledged') return { kind: 'running', word: 'Taken' };
  return state === 'snoozed' ? { kind: 'unknown', word: 'Snoozed' } : SEVERITIES[severity];
}
