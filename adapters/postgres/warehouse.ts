import type pg from 'pg';
import type { ConcludeRequest, Conclusion, Warehouse } from '#model/ports.ts';
import { faultOf, inTransaction, openPool, Refusal, type PostgresWarehouseOptions } from './client.ts';
import { describe } from './describe.ts';
import { enforcement } from './enforcement.ts';
import { readMark } from './mark.ts';
import { measure, profile } from './measure.ts';
import { lockPlace, publish, publishTogether } from './publish.ts';
import { rollback } from './rollback.ts';
import { sample } from './sample.ts';
import { findSlot } from './slot.ts';

/** A PostgreSQL (15 or later) that holds candidates and gold. Nothing is connected until first used. */
export function postgresWarehouse(options: PostgresWarehouseOptions): Warehouse {
  const pool = openPool(options);
  return {
    name: options.name,
    dialect: 'postgres',
    describe: (ref) => describe(pool, ref),
    measure: (request) => measure(pool, request),
    profile: (request) => profile(pool, request),
    sample: (request) => sample(pool, request),
    publish: (request) => publish(pool, request),
    publishTogether: (requests) => publishTogether(pool, requests),
    rollback: (request) => rollback(pool, request),
    conclude: (request) => conclude(pool, request),
    enforcement: (target) => enforcement(pool, target),
    close: () => pool.end(),
  };
}

/**
 * Waits for a publication that is under way there and reads the token of what is published then. Of one that nobody
 * is at work on any more nothing can come later: a client that is gone sends no further statement, and whoever gets
 * the lock after its time gives up.
 */
async function conclude(pool: pg.Pool, request: ConcludeRequest): Promise<Conclusion> {
  const { target, partition, token, over } = request;
  try {
    return await inTransaction(pool, async (client) => {
      await lockPlace(client, { target, partition }, 'shared');
      const { current } = await findSlot(client, target, partition);
      if (readMark(current?.comment ?? null)?.token === token) return { status: 'published' };
      return over ? { status: 'never' } : { status: 'retryable', reason: 'It may still be under way.' };
    });
  } catch (error) {
    const { reason } =
      error instanceof Refusal
        ? (error.outcome as { readonly reason: string })
        : faultOf(error, `Reading what is published at ${target} ${partition}`);
    return { status: 'retryable', reason };
  }
}
