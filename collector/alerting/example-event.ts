import type { AlertDataset, AlertEvent } from '#model/alert.ts';

/** What of an alert decides where it goes; whatever is left out is the usual. */
export interface ExampleAlert {
  readonly severity?: AlertEvent['severity'];
  readonly urgency?: 'page' | 'notice';
  readonly state?: AlertEvent['state'];
  readonly kind?: AlertEvent['kind'];
  readonly tier?: 1 | 2 | 3;
  readonly owner?: string;
  readonly domain?: string;
  readonly namespace?: string;
  readonly dataset?: string;
  readonly layer?: string;
  readonly tags?: readonly string[];
  readonly subject?: string;
  readonly partition?: string;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** An alert for trying out routes: a critical page about the volume of a dataset, unless told otherwise. */
export function exampleEvent(example: ExampleAlert, now: Date): AlertEvent {
  const root: AlertDataset = {
    id: NOBODY,
    namespace: example.namespace ?? 'example',
    name: example.dataset ?? 'example',
    tier: example.tier ?? 2,
    owner: example.owner ?? null,
    domain: example.domain ?? null,
    layer: example.layer ?? null,
    tags: example.tags ?? [],
  };
  return {
    incidentId: NOBODY,
    dedupKey: 'example',
    version: 1,
    state: example.state ?? 'firing',
    severity: example.severity ?? 'critical',
    kind: example.kind ?? 'volume',
    urgency: example.urgency ?? 'page',
    root,
    partition: example.partition ?? '',
    subject: example.subject ?? 'row_count',
    summary: 'An example.',
    value: null,
    expected: null,
    hint: null,
    impacted: [],
    impactedCount: 0,
    heldPublications: 0,
    changes: [],
    startsAt: now,
    updatedAt: now,
    validUntil: now,
    links: { incident: '', dataset: '', lineage: '', runbook: null },
  };
}
