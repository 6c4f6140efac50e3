import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { opsgenieCall } from './message.ts';
import type { OpsgenieSettings } from './settings.ts';

/** Pages through Opsgenie's Alert API. A recipient is a team's name. */
export function opsgenieChannel(
  name: string,
  { apiKey, url }: OpsgenieSettings,
  send: SendHttp,
): AlertChannel {
  const headers = { 'content-type': 'application/json', authorization: `GenieKey ${apiKey}` };
  const call = async (method: 'POST' | 'GET', path: string, body: string): Promise<DeliveryOutcome> => {
    const answer = await send({ method, url: new URL(path, url).href, headers, body });
    return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
  };
  return {
    name,
    kind: 'opsgenie',
    deliver: (delivery) => {
      const { path, body } = opsgenieCall(delivery);
      return call('POST', path, JSON.stringify(body));
    },
    // Says that the key is good, and calls nobody.
    heartbeat: () => call('GET', '/v2/alerts/count', ''),
    close: async () => {},
  };
}
