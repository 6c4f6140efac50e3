import type { AlertChannel, Delivery, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { slackHeartbeat, slackMessage, slackReply, type SlackMessage } from './message.ts';
import type { SlackSettings } from './settings.ts';

type Answer = DeliveryOutcome | { readonly status: 'posted'; readonly channel: string; readonly ts: string };

/** Errors of the Web API that another attempt may not meet. */
const PASSING = [
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
];

/** Messages in Slack, one for each incident, changed and answered in its thread. A recipient is a channel there. */
export function slackChannel(name: string, settings: SlackSettings, send: SendHttp): AlertChannel {
  const deliver = (delivery: Delivery): Promise<DeliveryOutcome> =>
    settings.mode === 'webhook'
      ? postWebhook(settings.url, slackMessage(delivery, false))
      : deliverByToken(settings, delivery);

  const postWebhook = async (url: string, message: SlackMessage): Promise<DeliveryOutcome> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await send({ method: 'POST', url, headers, body: JSON.stringify(message) });
    return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
  };

  const call = async (
    { token, url }: Extract<SlackSettings, { mode: 'token' }>,
    method: string,
    parameters: object,
  ): Promise<Answer> => {
    const answer = await send({
      method: 'POST',
      url: new URL(`/api/${method}`, url).href,
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify(parameters),
    });
    const refusal = refusalOf(answer, name);
    if (refusal !== null || answer.status !== 'answered')
      return refusal ?? { status: 'retryable', reason: 'no answer' };
    return readAnswer(answer.body, name);
  };

  const deliverByToken = async (
    by: Extract<SlackSettings, { mode: 'token' }>,
    delivery: Delivery,
  ): Promise<DeliveryOutcome> => {
    const message = slackMessage(delivery, by.buttons);
    const known = delivery.thread === null ? null : readThread(delivery.thread);
    if (known === null) {
      const posted = await call(by, 'chat.postMessage', {
        channel: delivery.recipient ?? by.channel,
        ...message,
        metadata: { event_type: 'assay_alert', event_payload: { id: delivery.idempotencyKey } },
      });
      if (posted.status !== 'posted') return posted;
      const thread = `${posted.channel}/${posted.ts}${delivery.others.length > 0 ? '/group' : ''}`;
      return { status: 'success', value: { thread } };
    }
    // What several share is not overwritten by the news of one.
    if (!known.isGroup) {
      const updated = await call(by, 'chat.update', { channel: known.channel, ts: known.ts, ...message });
      if (updated.status !== 'posted') return updated;
    }
    // A new page must be seen in the channel, not only by those who follow the thread.
    const calls = delivery.event.state === 'firing' && delivery.event.urgency === 'page';
    const replied = await call(by, 'chat.postMessage', {
      channel: known.channel,
      thread_ts: known.ts,
      reply_broadcast: calls,
      ...slackReply(delivery.event),
    });
    return replied.status === 'posted' ? { status: 'success', value: { thread: delivery.thread } } : replied;
  };

  return {
    name,
    kind: 'slack',
    deliver,
    heartbeat: async (now) => {
      const message = slackHeartbeat(now);
      if (settings.mode === 'webhook') return postWebhook(settings.url, message);
      const posted = await call(settings, 'chat.postMessage', { channel: settings.channel, ...message });
      return posted.status === 'posted' ? { status: 'success', value: { thread: null } } : posted;
    },
    close: async () => {},
  };
}

/** The Web API answers 200 also when it refuses: `{"ok": false, "error": "channel_not_found"}`. */
function readAnswer(body: string, name: string): Answer {
  const answer = parse(body);
  if (answer === null) return { status: 'retryable', reason: `${name} answered something that is not JSON` };
  if (answer.ok === true && typeof answer.channel === 'string' && typeof answer.ts === 'string')
    return { status: 'posted', channel: answer.channel, ts: answer.ts };
  const error =
    typeof answer.error === 'string' ? answer.error.slice(0, 100) : 'an answer without a message id';
  return {
    status: PASSING.includes(error) ? 'retryable' : 'failure',
    reason: `${name} refused it: ${error}`,
  };
}

function parse(body: string): { ok?: unknown; error?: unknown; channel?: unknown; ts?: unknown } | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function readThread(
  thread: string,
): { readonly channel: string; readonly ts: string; readonly isGroup: boolean } | null {
  const [channel, ts, group] = thread.split('/');
  return channel !== undefined && ts !== undefined ? { channel, ts, isGroup: group === 'group' } : null;
}
