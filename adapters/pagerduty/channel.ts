import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { pagerdutyEvent, pagerdutyHeartbeat } from './message.ts';
import type { PagerdutySettings } from './settings.ts';

/** Pages through PagerDuty's Events API v2. The key names the service: recipients mean nothing to it. */
export function pagerdutyChannel(
  name: string,
  { routingKey, url }: PagerdutySettings,
  send: SendHttp,
): AlertChannel {
  const post = async (path: string, document: object): Promise<DeliveryOutcome> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await send({
      method: 'POST',
      url: new URL(path, url).href,
      headers,
      body: JSON.stringify(document),
    });
    return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
  };
  return {
    name,
    kind: 'pagerduty',
    deliver: (delivery) => post('/v2/enqueue', pagerdutyEvent(delivery, routingKey)),
    heartbeat: (now) => post('/v2/change/enqueue', pagerdutyHeartbeat(routingKey, now)),
    close: async () => {},
  };
}
