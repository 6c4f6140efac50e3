import type { Warehouse } from '#model/ports.ts';
import type { MysqlWarehouseOptions } from './client.ts';
import { enforcement } from './enforcement.ts';
import { mysqlMeasuring } from './measuring.ts';
import { conclude, publish, rollback } from './publish.ts';

/**
 * A MySQL 8 or MariaDB 10.6 (or later) that holds candidates and gold in InnoDB. Nothing is connected until first
 * used; each publication has a connection of its own.
 */
export function mysqlWarehouse(options: MysqlWarehouseOptions): Warehouse {
  return {
    ...mysqlMeasuring(options),
    publish: (request) => publish(options, request),
    rollback: (request) => rollback(options, request),
    conclude: (request) => conclude(options, request),
    enforcement: (target) => enforcement(options, target),
  };
}
