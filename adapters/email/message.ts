import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine, factsOf, linksOf, titleOf } from '#model/alert-text.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The first letter of the thread; null in the first letter itself. */
  readonly inReplyTo: string | null;
}

/**
 * A letter about an alert. The first of an incident has the incident's own Message-ID, which the others answer,
 * so that mail programs show one thread; an attempt that is made twice is the same letter.
 */
export function letterOf({ event, others, idempotencyKey, thread }: Delivery, host: string): Letter {
  const first = event.urgency === 'digest' ? `digest.${idempotencyKey}` : event.incidentId;
  const root = thread !== null && MESSAGE_ID.test(thread) ? thread : `<${first}@${host}>`;
  const isReply = thread !== null;
  return {
    // A subject that changes would break the thread in some programs: the state is in the text as well.
    subject: titleOf(event, 180),
    text: textOf(event, others),
    html: htmlOf(event, others),
    messageId: isReply ? `<${idempotencyKey}.${first}@${host}>` : root,
    inReplyTo: isReply ? root : null,
  };
}

const MESSAGE_ID = /^<[A-Za-z0-9._-]{1,200}@[A-Za-z0-9.-]{1,253}>$/;

export function heartbeatLetter(host: string, now: Date): Letter {
  const text = `Assay can reach this address (${now.toISOString()}). Without such a letter it cannot.`;
  return {
    subject: 'Assay can reach this address',
    text: `${text}\n`,
    html: `<p>${escapeHtml(text)}</p>`,
    messageId: `<heartbeat.${now.getTime()}@${host}>`,
    inReplyTo: null,
  };
}

function textOf(event: AlertEvent, others: readonly AlertEvent[]): string {
  const facts = factsOf(event).map(([label, value]) => `${label}: ${value}`);
  const more = others.map((one) => `- ${otherLine(one)}`);
  const links = linksOf(event).map(([words, address]) => `${words}: ${address}`);
  return [[cleanLine(event.summary, 2000)], facts, more, links]
    .filter((part) => part.length > 0)
    .map((part) => `${part.join('\n')}\n`)
    .join('\n');
}

const COLOURS = { firing: '#b42318', acknowledged: '#b54708', resolved: '#067647' } as const;

function htmlOf(event: AlertEvent, others: readonly AlertEvent[]): string {
  const rows = factsOf(event).map(
    ([label, value]) =>
      `<tr><th align="left" valign="top" style="padding:2px 12px 2px 0">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const links = linksOf(event).map(
    ([words, address]) => `<a href="${escapeHtml(address)}">${escapeHtml(words)}</a>`,
  );
  return [
    '<!doctype html><html lang="en"><body style="font-family:sans-serif;font-size:14px">',
    `<h1 style="font-size:18px;color:${COLOURS[event.state]}">${escapeHtml(titleOf(event, 180))}</h1>`,
    `<p>${escapeHtml(cleanLine(event.summary, 2000))}</p>`,
    rows.length === 0 ? '' : `<table style="border-collapse:collapse">${rows.join('')}</table>`,
    others.length === 0
      ? ''
      : `<ul>${others.map((one) => `<li>${escapeHtml(otherLine(one))}</li>`).join('')}</ul>`,
    links.length === 0 ? '' : `<p>${links.join(' · ')}</p>`,
    '</body></html>',
  ].join('\n');
}

function otherLine(event: AlertEvent): string {
  return cleanLine(`${titleOf(event, 120)} - ${event.summary}`, 300);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
