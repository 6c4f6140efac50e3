import type { Warehouse } from '#model/ports.ts';
import { openPool, type MysqlWarehouseOptions } from './client.ts';
import { describe } from './describe.ts';
import { measure, profile } from './measure.ts';
import { sample } from './sample.ts';

/** The part of a warehouse that only reads. */
export type MeasuringWarehouse = Pick<
  Warehouse,
  'name' | 'dialect' | 'describe' | 'measure' | 'profile' | 'sample' | 'close'
>;

/** A MySQL 8 or MariaDB 10.5 (or later) whose tables are measured. Nothing is connected until first used. */
export function mysqlMeasuring(options: MysqlWarehouseOptions): MeasuringWarehouse {
  const pool = openPool(options);
  const limit = options.statementTimeoutMs;
  const limited = <T extends { readonly timeLimitMs?: number }>(request: T): T =>
    request.timeLimitMs === undefined && limit !== undefined ? { ...request, timeLimitMs: limit } : request;
  return {
    name: options.name,
    dialect: 'mysql',
    describe: (ref) => describe(pool, ref),
    measure: (request) => measure(pool, limited(request)),
    profile: (request) => profile(pool, request),
    sample: (request) => sample(pool, limited(request)),
    close: () => pool.end(),
  };
}
