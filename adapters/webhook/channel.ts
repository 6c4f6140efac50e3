import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { heartbeatDocument, signatureOf, webhookDocument } from './message.ts';
import type { WebhookSettings } from './settings.ts';

/** Alerts as signed JSON to an address of the user's. */
export function webhookChannel(name: string, settings: WebhookSettings, send: SendHttp): AlertChannel {
  const post = (document: object, key: string, now: Date): Promise<DeliveryOutcome> =>
    sendDocument(name, settings, send, document, key, now);
  return {
    name,
    kind: 'webhook',
    deliver: (delivery, now) => post(webhookDocument(delivery, now), delivery.idempotencyKey, now),
    heartbeat: (now) => post(heartbeatDocument(now), `heartbeat-${now.getTime()}`, now),
    close: async () => {},
  };
}

/** Posts a document under its key, signed where there is a secret. */
export async function sendDocument(
  name: string,
  { url, secret }: WebhookSettings,
  send: SendHttp,
  document: object,
  key: string,
  now: Date,
): Promise<DeliveryOutcome> {
  const body = JSON.stringify(document);
  const seconds = Math.floor(now.getTime() / 1000);
  const headers = {
    'content-type': 'application/json',
    'assay-idempotency-key': key,
    ...(secret !== null && { 'assay-signature': signatureOf(secret, seconds, body) }),
  };
  const answer = await send({ method: 'POST', url, headers, body });
  return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
}
