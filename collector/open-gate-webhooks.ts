import { httpSender } from '#adapters/http/send.ts';
import { sendDocument } from '#adapters/webhook/channel.ts';
import { nextAttempt } from '#alerting/backoff.ts';
import { GateWebhooks } from '#gate/webhooks.ts';
import type { Database } from '#store/database.ts';
import type { GateWebhookSettings } from './gate-config.ts';
import type { Telemetry } from './telemetry.ts';

export interface GateWebhookServices {
  readonly webhooks: readonly GateWebhookSettings[];
  readonly database: Database;
  readonly now: () => Date;
  readonly telemetry: Pick<Telemetry, 'log'>;
}

/** Composes the outgoing webhooks of the gate; they begin with `start`. */
export function openGateWebhooks({ webhooks, database, now, telemetry }: GateWebhookServices): GateWebhooks {
  const { log } = telemetry;
  const senders = new Map(
    webhooks.map(({ name, settings, allowPrivate }) => [
      name,
      { settings, send: httpSender({ allowPrivate }) },
    ]),
  );
  return new GateWebhooks({
    database,
    hooks: webhooks,
    now,
    send: async (name, document, at) => {
      const sender = senders.get(name);
      if (!sender) return { status: 'failure', reason: `${name} is not configured` };
      const sent = { ...document, sentAt: at.toISOString() };
      return sendDocument(name, sender.settings, sender.send, sent, document.id, at);
    },
    nextAttempt: (attempts, notBefore, at) => nextAttempt(attempts, notBefore, Math.random(), at),
    onGivenUp: (webhook, event, reason) =>
      log.error({ webhook, event, reason }, 'a webhook of the gate does not take an event; it is given up'),
    onError: (err) => log.error({ err }, 'the webhooks of the gate could not be looked after; trying again'),
  });
}
