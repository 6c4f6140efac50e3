import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine, factsOf, linksOf, titleOf } from '#model/alert-text.ts';

const ACTIONS = { firing: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' } as const;

/** An event of the Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export function pagerdutyEvent({ event, others, idempotencyKey }: Delivery, routingKey: string): object {
  const action = ACTIONS[event.state];
  const common = { routing_key: routingKey, event_action: action, dedup_key: dedupKey(event) };
  if (action !== 'trigger') return common;
  const { severity, root, kind } = event;
  return {
    ...common,
    client: 'Assay',
    ...(linksOf(event)[0] && { client_url: linksOf(event)[0]?.[1] }),
    links: linksOf(event).map(([text, href]) => ({ href, text })),
    payload: {
      summary: cleanLine(`${titleOf(event, 200)} - ${event.summary}`, 1024),
      source: cleanLine(`${root.namespace}/${root.name}`, 255),
      severity,
      timestamp: event.startsAt.toISOString(),
      component: cleanLine(root.name, 255),
      group: cleanLine(root.domain ?? root.owner ?? root.namespace, 255),
      class: kind,
      custom_details: {
        ...Object.fromEntries(factsOf(event)),
        ...(others.length > 0 && {
          'Among them': others.map((one) => cleanLine(`${titleOf(one, 120)} - ${one.summary}`, 300)),
        }),
        delivery: idempotencyKey,
      },
    },
  };
}

/** At most 255 characters there; ours are hashes and stay below. */
function dedupKey({ dedupKey: key }: AlertEvent): string {
  return cleanLine(key, 255);
}

/** A change event: seen in the service's timeline, and calls nobody. */
export function pagerdutyHeartbeat(routingKey: string, now: Date): object {
  return {
    routing_key: routingKey,
    payload: { summary: 'Assay can reach this service.', source: 'assay', timestamp: now.toISOString() },
  };
}
