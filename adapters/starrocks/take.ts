import type { Outcome, TakeRequest } from '#model/ports.ts';
import { parseRef, showRef } from './candidate-ref.ts';
import { partitionsOf } from './catalog.ts';
import { targetOf } from './order-of.ts';
import { placeOfKey, PlaceFault } from './place.ts';
import { outcomeOf } from './outcome.ts';
import type { Session } from './session.ts';
import { clearPlace, stageTemporary, temporaryName } from './stage-temporary.ts';
import { addPartition } from './statements.ts';

/**
 * Copies a candidate into a temporary partition of the target, where only the gate's role can change it: what is
 * checked there is what REPLACE PARTITION publishes. Candidates of the other protocols are taken as they lie.
 */
export function take(session: Session, request: TakeRequest): Promise<Outcome<string>> {
  return outcomeOf(`Taking ${request.ref}`, async () => {
    const target = targetOf(request.target);
    const ref = parseRef(request.ref);
    if (ref === null)
      throw new PlaceFault(`${JSON.stringify(request.ref)} is not a table like stage.orders.`);
    if (target.feed !== null || ref.live) return { status: 'success', value: request.ref };
    const place = await placeOfKey(session, target, request.partition);
    if (place.by !== 'replace' || place.partition === null || ref.temporary)
      return { status: 'success', value: request.ref };
    const { partition } = place;
    const name = temporaryName(partition.name, request.token);
    if (!place.exists) await session.query(addPartition(target.table, partition.name, partition.range));
    const ids = new Set(request.needed.map((version) => version.split(':')[0]));
    const needed = (await partitionsOf(session, target.table)).filter(({ id }) => ids.has(id));
    const names = new Set(needed.map((one) => one.name));
    if (!(await clearPlace(session, target.table, partition.name, name, names)))
      return { status: 'retryable', reason: `A publication of ${partition.name} is under way.` };
    const source = { table: ref.table, ...(ref.partition !== null && { partition: ref.partition }) };
    const staged = await stageTemporary(session, target.table, partition, request.token, source);
    if (staged.partition)
      return {
        status: 'success',
        value: showRef({
          table: target.table,
          partition: staged.partition.name,
          temporary: true,
          live: false,
        }),
      };
    const reason = staged.status === 'done' ? `${name} is gone.` : staged.reason;
    return { status: staged.status === 'refused' ? 'failure' : 'retryable', reason };
  });
}
