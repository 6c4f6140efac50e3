import { createHash } from 'node:crypto';
import type { AlertEvent } from '#model/alert.ts';
import { receiverText, type Receiver } from './routing.ts';

export type DeliveryKind =
  /** Somebody must act. */
  | 'page'
  | 'notice'
  /** More is known of what was told. */
  | 'update'
  /** Nobody acknowledged it for long. */
  | 'repeat'
  /** For receivers that forget. */
  | 'refresh'
  | 'escalation'
  /** To the owners of what lies below. */
  | 'impact'
  | 'acknowledged'
  | 'resolved'
  | 'digest'
  /** What another channel could not deliver. */
  | 'fallback';

/**
 * Names a delivery: the same incidents in the same versions to the same receiver for the same cause have the
 * same key, whoever plans them and however often. `turn` tells repetitions of one version apart.
 */
export function deliveryKey(
  kind: DeliveryKind,
  receiver: Receiver,
  events: readonly Pick<AlertEvent, 'incidentId' | 'version'>[],
  turn: number,
): string {
  const named = events.map(({ incidentId, version }) => `${incidentId}/${version}`).toSorted();
  return createHash('sha256')
    .update(JSON.stringify([kind, receiverText(receiver), turn, ...named]))
    .digest('hex')
    .slice(0, 40);
}
