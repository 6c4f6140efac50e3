import type { Delivery } from '#model/alert.ts';
import { cleanLine, factsOf, linksOf, titleOf } from '#model/alert-text.ts';

const PRIORITIES = { critical: 'P1', warning: 'P3', info: 'P5' } as const;

/** What to call, and with what: https://docs.opsgenie.com/docs/alert-api */
export interface OpsgenieCall {
  readonly path: string;
  readonly body: object;
}

export function opsgenieCall({ event, others, recipient }: Delivery): OpsgenieCall {
  const alias = cleanLine(event.dedupKey, 512);
  const said = { source: 'Assay', note: cleanLine(event.summary, 25_000) };
  const known = `/v2/alerts/${encodeURIComponent(alias)}`;
  if (event.state === 'resolved') return { path: `${known}/close?identifierType=alias`, body: said };
  if (event.state === 'acknowledged')
    return { path: `${known}/acknowledge?identifierType=alias`, body: said };
  const { root, severity, kind } = event;
  const lines = [
    cleanLine(event.summary, 2000),
    ...others.map((one) => `- ${cleanLine(`${titleOf(one, 120)} - ${one.summary}`, 300)}`),
    ...linksOf(event).map(([words, address]) => `${words}: ${address}`),
  ];
  return {
    path: '/v2/alerts',
    body: {
      message: titleOf(event, 130),
      alias,
      description: Array.from(lines.join('\n')).slice(0, 15_000).join(''),
      ...(recipient !== null && { responders: [{ type: 'team', name: recipient }] }),
      tags: [kind, severity, `tier-${root.tier}`],
      details: Object.fromEntries(factsOf(event)),
      entity: cleanLine(root.name, 512),
      source: 'Assay',
      priority: PRIORITIES[severity],
    },
  };
}
