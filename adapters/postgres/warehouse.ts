import type pg from 'pg';
import type { Outcome, Warehouse } from '#model/ports.ts';
import { faultOf, inTransaction, openPool, Refusal, type PostgresWarehouseOptions } from './client.ts';
import { describe } from './describe.ts';
import { enforcement } from './enforcement.ts';
import { readMark } from './mark.ts';
import { measure } from './measure.ts';
import { lockPlace, publish } from './publish.ts';
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
    sample: (request) => sample(pool, request),
    publish: (request) => publish(pool, request),
    rollback: (request) => rollback(pool, request),
    publishedToken: (target, partition) => publishedToken(pool, target, partition),
    enforcement: (target) => enforcement(pool, target),
    close: () => pool.end(),
  };
}

/** Waits for a publication that is under way there, so that "not published" stays true. */
async function publishedToken(
  pool: pg.Pool,
  target: string,
  partition: string,
): Promise<Outcome<string | null>> {
  try {
    return await inTransaction(pool, async (client) => {
      await lockPlace(client, { target, partition }, 'shared');
      const { current } = await findSlot(client, target, partition);
      return { status: 'success', value: readMark(current?.comment ?? null)?.token ?? null };
    });
  } catch (error) {
    if (error instanceof Refusal) return error.outcome as Outcome<string | null>;
    return faultOf(error, `Reading what is published at ${target} ${partition}`);
  }
}
