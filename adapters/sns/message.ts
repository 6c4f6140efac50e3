import type { AlertEvent, Delivery } from '#model/alert.ts';
import { cleanLine, titleOf } from '#model/alert-text.ts';

/** A message holds 256 KiB; the rest is for its attributes. */
const MOST_BYTES = 200 * 1024;

/** The parameters of Publish: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function publishParameters(delivery: Delivery, topicArn: string): URLSearchParams {
  const { event, idempotencyKey } = delivery;
  const { root, severity, state, kind } = event;
  const attributes: Readonly<Record<string, string | null>> = {
    severity,
    state,
    kind,
    urgency: event.urgency,
    tier: String(root.tier),
    dataset: root.name,
    owner: root.owner,
    domain: root.domain,
  };
  return parameters(topicArn, titleOf(event, 100), bodyOf(delivery), attributes, {
    group: event.dedupKey,
    once: idempotencyKey,
  });
}

export function heartbeatParameters(topicArn: string, now: Date): URLSearchParams {
  const body = JSON.stringify({ version: 1, type: 'heartbeat', sentAt: now.toISOString() });
  const once = `heartbeat-${now.getTime()}`;
  return parameters(
    topicArn,
    'Assay reaches this topic',
    body,
    { type: 'heartbeat' },
    { group: 'heartbeat', once },
  );
}

function parameters(
  topicArn: string,
  subject: string,
  message: string,
  attributes: Readonly<Record<string, string | null>>,
  fifo: { readonly group: string; readonly once: string },
): URLSearchParams {
  const all = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: topicArn });
  all.set('Subject', asciiSubject(subject));
  all.set('Message', message);
  Object.entries(attributes)
    .flatMap(([name, value]) =>
      value === null || value === '' ? [] : [[name, cleanLine(value, 256)] as const],
    )
    .forEach(([name, value], index) => {
      const at = `MessageAttributes.entry.${index + 1}`;
      all.set(`${at}.Name`, name);
      all.set(`${at}.Value.DataType`, 'String');
      all.set(`${at}.Value.StringValue`, value);
    });
  if (topicArn.endsWith('.fifo')) {
    all.set('MessageGroupId', fifo.group.replaceAll(/[^\x21-\x7e]/g, '-').slice(0, 128));
    all.set('MessageDeduplicationId', fifo.once.slice(0, 128));
  }
  return all;
}

/** ASCII, at most 100 characters, beginning with a letter, a number or a punctuation mark. */
function asciiSubject(text: string): string {
  return (
    cleanLine(text, 200)
      .replaceAll(/[^\x20-\x7e]/g, '?')
      .trim()
      .slice(0, 100) || 'Assay'
  );
}

function bodyOf({ event, others, idempotencyKey }: Delivery): string {
  const document = (alert: AlertEvent, more: readonly AlertEvent[]): string =>
    JSON.stringify({
      version: 1,
      type: alert.urgency === 'digest' ? 'digest' : 'alert',
      id: idempotencyKey,
      alert,
      others: more,
    });
  const whole = document(event, others);
  return Buffer.byteLength(whole) <= MOST_BYTES
    ? whole
    : document({ ...event, impacted: [], changes: [] }, []);
}
