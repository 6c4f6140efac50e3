// A collector's process that publishes one evaluation: node publishing-process.ts STORE WAREHOUSE ID VERSION MODE.
// MODE `die-after-commit` kills itself, as the kernel would, between the warehouse's commit and the ledger.
import { randomUUID } from 'node:crypto';
import { postgresWarehouse } from '#adapters/postgres/warehouse.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { openDatabase } from '#store/database.ts';

const [, , storeUrl = '', warehouseUrl = '', id = '', expectedVersion = '', mode = ''] = process.argv;
const real = postgresWarehouse({ name: 'warehouse', url: warehouseUrl, lockTimeoutMs: 60_000 });
const warehouse: typeof real = {
  ...real,
  async publish(request) {
    const outcome = await real.publish(request);
    if (mode === 'die-after-commit') process.kill(process.pid, 'SIGKILL');
    return outcome;
  },
};
const services = {
  database: openDatabase({ url: storeUrl }),
  warehouses: new Map([['warehouse', warehouse]]),
  newId: randomUUID,
};
await publishEvaluation(services, id, { expectedVersion }, new Date());
