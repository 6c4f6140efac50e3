import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { teamsCard, teamsHeartbeat } from './message.ts';
import type { TeamsSettings } from './settings.ts';

/** Cards in a channel of Microsoft Teams. The workflow knows its channel: recipients mean nothing to it. */
export function teamsChannel(name: string, { url }: TeamsSettings, send: SendHttp): AlertChannel {
  const post = async (card: object): Promise<DeliveryOutcome> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await send({ method: 'POST', url, headers, body: JSON.stringify(card) });
    return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
  };
  return {
    name,
    kind: 'teams',
    deliver: (delivery) => post(teamsCard(delivery)),
    heartbeat: (now) => post(teamsHeartbeat(now)),
    close: async () => {},
  };
}
