import { AwsV4Signer } from 'aws4fetch';
import type { AlertChannel, DeliveryOutcome } from '#model/alert.ts';
import { refusalOf, type SendHttp } from '#model/http-exchange.ts';
import { heartbeatParameters, publishParameters } from './message.ts';
import { regionOf, type SnsSettings } from './settings.ts';

/** Alerts published to a topic of Amazon SNS. A recipient is another topic's ARN. */
export function snsChannel(name: string, settings: SnsSettings, send: SendHttp): AlertChannel {
  const publish = async (topicArn: string, body: string, now: Date): Promise<DeliveryOutcome> => {
    const { url, headers } = await sign(settings, topicArn, body, now);
    const answer = await send({ method: 'POST', url, headers, body });
    return refusalOf(answer, name) ?? { status: 'success', value: { thread: null } };
  };
  return {
    name,
    kind: 'sns',
    deliver: (delivery, now) => {
      const topicArn = delivery.recipient ?? settings.topicArn;
      return publish(topicArn, publishParameters(delivery, topicArn).toString(), now);
    },
    heartbeat: (now) =>
      publish(settings.topicArn, heartbeatParameters(settings.topicArn, now).toString(), now),
    close: async () => {},
  };
}

/** Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
async function sign(
  { accessKeyId, secretAccessKey, sessionToken, url }: SnsSettings,
  topicArn: string,
  body: string,
  now: Date,
): Promise<{ readonly url: string; readonly headers: Record<string, string> }> {
  const signed = await new AwsV4Signer({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== null && { sessionToken }),
    service: 'sns',
    region: regionOf(topicArn) ?? 'us-east-1',
    datetime: now.toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  }).sign();
  const headers: Record<string, string> = {};
  signed.headers.forEach((value, key) => {
    if (key !== 'host') headers[key] = value;
  });
  return { url: signed.url.href, headers };
}
