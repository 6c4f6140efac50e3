import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine, factsOf, linksOf } from '#model/alert-text.ts';

/** An alert as POST /api/v2/alerts takes it: api/v2/openapi.yaml of Alertmanager, postableAlert. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/**
 * Labels are what the alert is known by and what Alertmanager's own routes match on: who and how grave, never a
 * value or a partition. When one of them changes, the alert under the old ones ends by its endsAt.
 */
export function postableAlerts({ event, others }: Delivery, forgetMs: number, now: Date): PostableAlert[] {
  const all = event.urgency === 'digest' ? [event] : [event, ...others];
  return all.map((one) => postable(one, forgetMs, now));
}

function postable(event: AlertEvent, forgetMs: number, now: Date): PostableAlert {
  const [first] = linksOf(event);
  return {
    labels: labelsOf(event),
    annotations: {
      summary: cleanLine(event.summary, 1000),
      state: event.state,
      ...(event.urgency !== 'digest' && { incident: event.incidentId }),
      ...Object.fromEntries(factsOf(event).map(([label, value]) => [nameOf(label), value])),
      ...Object.fromEntries(linksOf(event).map(([words, address]) => [`${nameOf(words)}_url`, address])),
    },
    startsAt: event.startsAt.toISOString(),
    endsAt: new Date(now.getTime() + (event.state === 'resolved' ? 0 : forgetMs)).toISOString(),
    ...(first !== undefined && { generatorURL: first[1] }),
  };
}

function labelsOf({ root, severity, kind, urgency, dedupKey }: AlertEvent): Record<string, string> {
  const key = { assay_key: cleanLine(dedupKey, 200), severity, urgency };
  if (urgency === 'digest') return { alertname: 'AssayDigest', ...key };
  const labels: Record<string, string> = {
    alertname: 'AssayIncident',
    ...key,
    kind,
    tier: String(root.tier),
    dataset: cleanLine(root.name, 300),
  };
  // An empty label is no label to Alertmanager.
  for (const name of ['owner', 'domain', 'layer'] as const) {
    const value = root[name];
    if (value !== null && value !== '') labels[name] = cleanLine(value, 200);
  }
  return labels;
}

/** A dead man's switch: it fires for as long as Assay reaches the Alertmanager. Alert on its absence. */
export function heartbeatAlert(forgetMs: number, now: Date): PostableAlert {
  return {
    labels: { alertname: 'AssayHeartbeat', severity: 'none' },
    annotations: { summary: 'Assay reaches this Alertmanager. When this alert ends, it does not any more.' },
    startsAt: now.toISOString(),
    endsAt: new Date(now.getTime() + forgetMs).toISOString(),
  };
}

const nameOf = (words: string): string => words.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
