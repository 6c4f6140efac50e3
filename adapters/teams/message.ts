import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine, factsOf, linksOf, titleOf } from '#model/alert-text.ts';

const COLOURS = { firing: 'Attention', acknowledged: 'Warning', resolved: 'Good' } as const;

/**
 * An Adaptive Card, as Teams takes it by a workflow. Texts are TextRuns: those are shown as they are, where
 * TextBlocks would read them as Markdown.
 */
export function teamsCard({ event, others }: Delivery): object {
  const body = [
    line(titleOf(event, 200), { weight: 'Bolder', size: 'Medium', color: COLOURS[event.state] }),
    line(cleanLine(event.summary, 1500)),
    ...factsOf(event).map(([label, value]) => fact(label, value)),
    ...others.slice(0, 20).map((one) => line(otherLine(one), { isSubtle: true })),
  ];
  return wrap(body, linksOf(event));
}

export function teamsHeartbeat(now: Date): object {
  const text = `Assay can reach this channel (${now.toISOString()}). Without such a message it cannot.`;
  return wrap([line(text, { isSubtle: true })], []);
}

function otherLine(event: AlertEvent): string {
  return cleanLine(`${titleOf(event, 120)} - ${event.summary}`, 250);
}

function line(text: string, style: Readonly<Record<string, unknown>> = {}): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] };
}

function fact(label: string, value: string): object {
  return {
    type: 'RichTextBlock',
    spacing: 'None',
    inlines: [
      { type: 'TextRun', text: `${label}: `, weight: 'Bolder' },
      { type: 'TextRun', text: value },
    ],
  };
}

function wrap(body: readonly object[], links: readonly (readonly [string, string])[]): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body,
          actions: links.map(([title, url]) => ({ type: 'Action.OpenUrl', title, url })),
        },
      },
    ],
  };
}
