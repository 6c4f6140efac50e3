import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine, factsOf, linksOf, titleOf } from '#model/alert-text.ts';

/** What chat.postMessage, chat.update and incoming webhooks have in common: https://docs.slack.dev/reference/block-kit */
export interface SlackMessage {
  /** For notifications and readers of screens. */
  readonly text: string;
  readonly blocks: readonly object[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const SIGNS = {
  firing: ':red_circle:',
  acknowledged: ':large_yellow_circle:',
  resolved: ':large_green_circle:',
} as const;

/** Nothing in a text may become a mention or a link: https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function slackMessage({ event, others }: Delivery, buttons: boolean): SlackMessage {
  const blocks: object[] = [
    { type: 'header', text: plain(titleOf(event, 150)) },
    section(`${SIGNS[event.state]} ${escapeSlack(cleanLine(event.summary, 1200))}`),
  ];
  const facts = factsOf(event).slice(0, 10);
  if (facts.length > 0)
    blocks.push({ type: 'section', fields: facts.map(([label, value]) => field(label, value)) });
  if (others.length > 0) blocks.push(section(linesOf(others)));
  const actions = [...linksOf(event).map(linkButton), ...(buttons ? answers(event) : [])];
  if (actions.length > 0) blocks.push({ type: 'actions', block_id: 'assay', elements: actions });
  return message(fallbackText(event), blocks);
}

/** What is said in the thread when something changed; the message above shows the whole. */
export function slackReply(event: AlertEvent): SlackMessage {
  return message(fallbackText(event), [
    section(`${SIGNS[event.state]} *${event.state}*: ${escapeSlack(cleanLine(event.summary, 1200))}`),
  ]);
}

export function slackHeartbeat(now: Date): SlackMessage {
  const text = `Assay can reach this channel (${now.toISOString()}). Without such a message it cannot.`;
  return message(text, [{ type: 'context', elements: [plain(text)] }]);
}

function message(text: string, blocks: readonly object[]): SlackMessage {
  return { text, blocks, unfurl_links: false, unfurl_media: false };
}

function fallbackText(event: AlertEvent): string {
  return escapeSlack(cleanLine(`${titleOf(event, 150)} - ${event.summary}`, 1000));
}

/** A section's text holds 3000 characters. */
function linesOf(events: readonly AlertEvent[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const event of events) {
    const line = `• ${escapeSlack(cleanLine(`${titleOf(event, 100)} - ${event.summary}`, 180))}`;
    length += line.length + 1;
    if (length > 2900) break;
    lines.push(line);
  }
  return lines.join('\n');
}

const plain = (text: string): object => ({ type: 'plain_text', text, emoji: false });
const section = (text: string): object => ({
  type: 'section',
  text: { type: 'mrkdwn', text, verbatim: true },
});
const field = (label: string, value: string): object => plain(`${label}: ${value}`);

function linkButton([words, url]: readonly [string, string]): object {
  return { type: 'button', action_id: `link_${words.toLowerCase()}`, text: plain(words), url };
}

function answers({ state, urgency, incidentId }: AlertEvent): object[] {
  if (state === 'resolved' || urgency === 'digest') return [];
  const button = (action: string, words: string): object => ({
    type: 'button',
    action_id: action,
    text: plain(words),
    value: incidentId,
  });
  return [
    ...(state === 'firing' ? [button('acknowledge', 'Acknowledge')] : []),
    button('snooze', 'Snooze 4 h'),
    button('expected', 'Expected'),
    button('resolve', 'Fixed'),
  ];
}
