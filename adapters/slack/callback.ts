import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a person asked for by a button. */
export interface SlackAnswer {
  readonly action: 'acknowledge' | 'snooze' | 'expected' | 'resolve';
  readonly incidentId: string;
  /** `slack:ada`. */
  readonly by: string;
}

const ACTIONS = ['acknowledge', 'snooze', 'expected', 'resolve'] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Older requests may be somebody's recording. */
const TOLERANCE_SECONDS = 5 * 60;

/**
 * Whether Slack signed this body: https://docs.slack.dev/authentication/verifying-requests-from-slack
 * @param timestamp X-Slack-Request-Timestamp; @param signature X-Slack-Signature.
 */
export function isFromSlack(
  secret: string,
  timestamp: string | undefined,
  signature: string | undefined,
  body: Buffer,
  now: Date,
): boolean {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** What the buttons of an interaction ask for (block_actions); null when it is none of ours. */
export function readInteraction(body: Buffer): SlackAnswer | null {
  const payload = parse(new URLSearchParams(body.toString('utf8')).get('payload'));
  if (payload?.type !== 'block_actions' || !Array.isArray(payload.actions)) return null;
  for (const one of payload.actions as unknown[]) {
    if (typeof one !== 'object' || one === null) continue;
    const { action_id: id, value } = one as { action_id?: unknown; value?: unknown };
    const action = ACTIONS.find((name) => name === id);
    if (action !== undefined && typeof value === 'string' && UUID.test(value))
      return { action, incidentId: value, by: `slack:${userOf(payload.user)}` };
  }
  return null;
}

function userOf(user: unknown): string {
  if (typeof user !== 'object' || user === null) return 'somebody';
  const { username, id } = user as { username?: unknown; id?: unknown };
  const name = typeof username === 'string' && username !== '' ? username : id;
  return typeof name === 'string' ? name.replaceAll(/[^\w.-]/g, '').slice(0, 100) : 'somebody';
}

function parse(text: string | null): { type?: unknown; user?: unknown; actions?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
