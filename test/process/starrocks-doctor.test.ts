import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAssay, scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import { frontEndServer } from '#test/support/starrocks/mysql-server.ts';

const CONTRACT = `dataset: gold.orders
namespace: starrocks
version: "1.0.0"
owner: shop@example.com
gate: { publish_to: "starrocks:gold.orders" }
quality:
  - check: "row_count > 0"
`;

test('assay doctor names who may change gold in StarRocks, and the REVOKE in the words of the grant', async (t) => {
  const frontEnd = new FrontEnd();
  frontEnd.createTable('gold.orders', true);
  frontEnd.catalogRows.set('sys.grants_to_users', []);
  frontEnd.catalogRows.set('sys.grants_to_roles', [
    { GRANTEE: 'loader', OBJECT_DATABASE: 'gold', OBJECT_NAME: 'orders', PRIVILEGE_TYPE: 'INSERT' },
  ]);
  frontEnd.catalogRows.set('sys.role_edges', [
    { FROM_ROLE: 'loader', TO_ROLE: null, TO_USER: "'bob'@'%'" },
    { FROM_ROLE: 'root', TO_ROLE: null, TO_USER: "'root'@'%'" },
  ]);
  const server = await frontEndServer(t, frontEnd);
  server.recorded = (sql) =>
    sql === 'SHOW GRANTS FOR ROLE `loader`'
      ? Promise.resolve([
          {
            RoleName: 'loader',
            Catalog: 'default',
            Grants: 'GRANT INSERT ON ALL TABLES IN DATABASE gold TO ROLE loader',
          },
        ])
      : null;
  const folder = scratchFolder(t);
  writeFileSync(
    join(folder, 'assay.yaml'),
    `warehouses:\n  starrocks: { kind: starrocks, hosts: ["127.0.0.1:${server.port}"], user: assay_gate, cluster: prod }\n`,
  );
  writeFileSync(join(folder, 'orders.yaml'), CONTRACT);
  const environment = { ASSAY_DATA_DIR: folder, ASSAY_CONFIG: join(folder, 'assay.yaml') };
  const { url } = await startAssay(t, { ...environment, DATABASE_URL: await emptyDatabase(t) });
  const pushed = await runAssay(['contract', 'push', join(folder, 'orders.yaml'), '--url', url], environment);
  assert.equal(pushed.code, 0, pushed.stderr);
  const { stdout } = await runAssay(['doctor', '--url', url], environment);
  assert.match(stdout, /starrocks:gold\.orders: advisory: 'bob'@'%' may write it past the gate\./);
  assert.match(stdout, /No grant binds 'root'@'%'\./);
  assert.match(stdout, /REVOKE INSERT ON ALL TABLES IN DATABASE gold FROM ROLE `loader`;/);
});
