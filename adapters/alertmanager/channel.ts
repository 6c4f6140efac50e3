import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { heartbeatAlert, postableAlerts, type PostableAlert } from './message.ts';
import type { AlertmanagerSettings } from './settings.ts';

/** Alerts for an Alertmanager, which routes them by itself. It has one receiver: recipients mean nothing to it. */
export function alertmanagerChannel(
  name: string,
  settings: AlertmanagerSettings,
  send: SendHttp,
): AlertChannel {
  const { url, headers, forgetMs } = settings;
  const base = url.endsWith('/') ? url : `${url}/`;
  const post = async (alerts: readonly PostableAlert[]): Promise<DeliveryOutcome> => {
    const answer = await send({
      method: 'POST',
      url: new URL('api/v2/alerts', base).href,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
  };
  return {
    name,
    kind: 'alertmanager',
    deliver: (delivery, now) => post(postableAlerts(delivery, forgetMs, now)),
    heartbeat: (now) => post([heartbeatAlert(forgetMs, now)]),
    close: async () => {},
  };
}
