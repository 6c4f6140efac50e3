import type { QuarantinedEvent } from '../../../collector/api/schema/quarantine.ts';
import type { StateWord } from '../parts/states.ts';

const STATES: Readonly<Record<QuarantinedEvent['state'], StateWord>> = {
  open: { kind: 'finding', word: 'Open' },
  replayed: { kind: 'fine', word: 'Taken in' },
  discarded: { kind: 'unknown', word: 'Discarded' },
};

export function quarantineState(state: QuarantinedEvent['state']): StateWord {
  return STATES[state];
}

const REASONS: Readonly<Record<string, string>> = {
  not_json: 'It is no JSON',
  invalid_envelope: 'It is no OpenLineage event',
  projection_failed: 'It could not be taken into the model',
};

/** Why an event is here. */
export function reasonWords(reason: string): string {
  return REASONS[reason] ?? reason;
}
