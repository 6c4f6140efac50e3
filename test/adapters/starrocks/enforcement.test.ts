import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import type { Row } from '#adapters/starrocks/session.ts';
import { setupStatements } from '#adapters/starrocks/setup.ts';
import type { Enforcement } from '#model/ports.ts';
import { starRocksGate } from './gate.ts';

const ME = "'assay_gate'@'%'";

const grant = (grantee: string, privileges: string, database = 'gold', name = 'orders'): Row => ({
  GRANTEE: grantee,
  OBJECT_DATABASE: database,
  OBJECT_NAME: name,
  PRIVILEGE_TYPE: privileges,
});
const edge = (role: string, to: { readonly role?: string; readonly user?: string }): Row => ({
  FROM_ROLE: role,
  TO_ROLE: to.role ?? null,
  TO_USER: to.user ?? null,
});

async function examined(
  t: TestContext,
  views: { readonly users?: Row[]; readonly roles?: Row[]; readonly edges?: Row[] },
): Promise<Enforcement> {
  const gate = await starRocksGate(t);
  const { catalogRows } = gate.server.frontEnd;
  catalogRows.set('sys.grants_to_users', views.users ?? []);
  catalogRows.set('sys.grants_to_roles', views.roles ?? []);
  catalogRows.set('sys.role_edges', views.edges ?? []);
  const outcome = await gate.warehouse.enforcement('gold.orders?by=replace');
  assert.equal(outcome.status, 'success', JSON.stringify(outcome));
  assert.ok(outcome.status === 'success');
  return outcome.value;
}

test('gold that the gate alone may change is enforced; readers and other tables do not matter', async (t) => {
  const found = await examined(t, {
    users: [grant("'bob'@'%'", 'SELECT'), grant("'bob'@'%'", 'INSERT', 'stage')],
    roles: [grant('assay_gate', 'SELECT, INSERT, ALTER'), grant('assay_analyst', 'SELECT')],
    edges: [edge('assay_gate', { user: ME }), edge('root', { user: "'root'@'%'" })],
  });
  assert.deepEqual(found, { enforced: true, writers: [], superusers: ["'root'@'%'"], mend: null });
});

test('whoever may write, alone or by roles of roles, makes it advisory, with the statements that mend it', async (t) => {
  const found = await examined(t, {
    users: [grant("'bob'@'%'", 'SELECT, INSERT'), grant(ME, 'ALTER')],
    roles: [grant('loader', 'INSERT, UPDATE'), grant('assay_gate', 'INSERT'), grant('unused', 'DROP')],
    edges: [
      edge('assay_gate', { user: ME }),
      edge('assay_gate', { user: "'eve'@'%'" }),
      edge('loader', { role: 'team' }),
      edge('team', { user: "'carol'@'%'" }),
    ],
  });
  assert.equal(found.enforced, false);
  assert.deepEqual(found.writers, ["'bob'@'%'", "'carol'@'%'", "'eve'@'%'", 'role unused']);
  assert.deepEqual(found.mend?.split('\n'), [
    "REVOKE INSERT ON TABLE gold.orders FROM USER 'bob'@'%';",
    'REVOKE INSERT, UPDATE ON TABLE gold.orders FROM ROLE `loader`;',
    "REVOKE `assay_gate` FROM USER 'eve'@'%';",
    'REVOKE DROP ON TABLE gold.orders FROM ROLE `unused`;',
  ]);
});

test('who may not read the grants is told so', async (t) => {
  const gate = await starRocksGate(t);
  const outcome = await gate.warehouse.enforcement('gold.orders');
  assert.equal(outcome.status, 'failure');
});

test('setup gives the right to change gold to the gate alone', () => {
  const statements = setupStatements({
    staging: ['stage'],
    silver: ['silver'],
    gold: ['gold'],
    gateUser: "ass'ay",
  });
  const writing = statements.filter((text) =>
    /\b(?:INSERT|ALTER|DROP|CREATE TABLE)\b.*DATABASE `gold`/.test(text),
  );
  assert.ok(writing.length > 0);
  for (const text of writing) assert.match(text, /TO ROLE `assay_gate`;$/);
  assert.ok(statements.includes("GRANT `assay_gate` TO USER 'ass\\'ay'@'%';"));
  assert.ok(statements.every((text) => /^[^;]+;$/.test(text)));
});

test('assay starrocks setup prints, and grants nothing by itself', () => {
  const run = (...more: string[]) =>
    spawnSync(process.execPath, ['collector/cli/assay.ts', 'starrocks', 'setup', ...more], {
      encoding: 'utf8',
      timeout: 30_000,
    });
  const printed = run('--print', '--gold', 'mart', 'core');
  assert.equal(printed.status, 0, printed.stderr);
  assert.match(printed.stdout, /ALL TABLES IN DATABASE `core` TO ROLE `assay_gate`;/);
  const refused = run();
  assert.deepEqual([refused.status, refused.stdout], [4, '']);
  assert.match(refused.stderr, /--print/);
});
