/** What a key may allow. `admin` allows everything. */
export const SCOPES = [
  /** Send events. */
  'ingest',
  /** Read whatever the API shows. */
  'read',
  /** Store contracts. */
  'contract',
  /** Have a candidate judged, and ask for a waiver. */
  'gate:request',
  /** Make a candidate gold, and take it back. */
  'gate:publish',
  /** Approve the waiver that another key asked for. */
  'gate:waive',
  /** Acknowledge and close incidents, and tell detectors what a partition was. */
  'incident',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text);
