// A collector's process that publishes one evaluation, or rolls a partition back:
// node publishing-process.ts STORE WAREHOUSE publish ID VERSION [die-after-commit]
// node publishing-process.ts STORE WAREHOUSE rollback DATASET PARTITION
// With `die-after-commit` it kills itself, as the kernel would, between the warehouse's commit and the ledger.
import { randomUUID } from 'node:crypto';
import { mysqlWarehouse } from '#adapters/mysql/warehouse.ts';
import { postgresWarehouse } from '#adapters/postgres/warehouse.ts';
import { publishEvaluation } from '#gate/publish.ts';
import { rollbackPartition } from '#gate/rollback.ts';
import { openDatabase } from '#store/database.ts';

const [, , storeUrl = '', url = '', what = '', id = '', more = '', mode = ''] = process.argv;
const open = url.startsWith('mysql:') ? mysqlWarehouse : postgresWarehouse;
const real = open({ name: 'warehouse', url, lockTimeoutMs: 60_000 });
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
if (what === 'rollback') await rollbackPartition(services, { datasetId: id, partition: more }, new Date());
else await publishEvaluation(services, id, { expectedVersion: more }, new Date());
await services.database.close();
await warehouse.close();
