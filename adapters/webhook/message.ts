import { createHmac } from 'node:crypto';
import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine } from '#model/alert-text.ts';

/** What is posted: docs/alerting.md has it for those who receive it. Fields are only ever added. */
export function webhookDocument(delivery: Delivery, now: Date): object {
  const { event, others, idempotencyKey, recipient } = delivery;
  return {
    version: 1,
    type: event.urgency === 'digest' ? 'digest' : 'alert',
    id: idempotencyKey,
    sentAt: now.toISOString(),
    recipient,
    alert: plain(event),
    others: others.map(plain),
  };
}

export function heartbeatDocument(now: Date): object {
  return { version: 1, type: 'heartbeat', id: `heartbeat-${now.toISOString()}`, sentAt: now.toISOString() };
}

function plain(event: AlertEvent): object {
  return {
    ...event,
    summary: cleanLine(event.summary, 2000),
    hint: event.hint === null ? null : cleanLine(event.hint, 2000),
    impacted: event.impacted.slice(0, 50),
  };
}

/**
 * Of timestamp and body, so that neither can be changed and an old message cannot be sent again: the receiver
 * recomputes it and refuses timestamps that are more than five minutes off.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
