import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import type { Row } from '#adapters/starrocks/session.ts';
import { setupStatements } from '#adapters/starrocks/setup.ts';
import type { Enforcement } from '#model/ports.ts';
import { starRocksGate, type StarRocksGate } from './gate.ts';

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
  assert.deepEqual(
    found.mend?.split('\n').filter((line) => !line.startsWith('--')),
    [
      "REVOKE INSERT ON TABLE gold.orders FROM USER 'bob'@'%';",
      'REVOKE INSERT, UPDATE ON TABLE gold.orders FROM ROLE `loader`;',
      "REVOKE `assay_gate` FROM USER 'eve'@'%';",
      'REVOKE DROP ON TABLE gold.orders FROM ROLE `unused`;',
    ],
  );
  assert.match(found.mend ?? '', /-- or, if SHOW GRANTS FOR 'bob'@'%' says so: REVOKE INSERT ON ALL TABLES/);
});

/** Answers of SHOW GRANTS, by whom it asks for. */
type Shown = Readonly<Record<string, readonly string[]>>;

function showing(gate: StarRocksGate, shown: Shown): void {
  const names = Object.keys(shown);
  gate.server.recorded = (sql) => {
    if (sql === 'SHOW USERS')
      return Promise.resolve(names.filter((name) => name.includes('@')).map((name) => ({ User: name })));
    if (sql === 'SHOW ROLES')
      return Promise.resolve(
        names.filter((name) => !name.includes('@')).map((name) => ({ Name: name, Builtin: 'false' })),
      );
    const who = /^SHOW GRANTS FOR (?:ROLE `(\w+)`|(.+))$/.exec(sql);
    if (!who) return null;
    const grants = shown[who[1] ?? who[2] ?? ''] ?? [];
    return Promise.resolve(
      grants.map((text) => ({ UserIdentity: who[2] ?? '', Catalog: 'default', Grants: text })),
    );
  };
}

test('what mends a grant by wildcard is said in the words in which it was given', async (t) => {
  const gate = await starRocksGate(t);
  const { catalogRows } = gate.server.frontEnd;
  catalogRows.set('sys.grants_to_users', []);
  catalogRows.set('sys.grants_to_roles', [grant('loader', 'SELECT, INSERT')]);
  catalogRows.set('sys.role_edges', [edge('loader', { user: "'bob'@'%'" })]);
  showing(gate, {
    loader: [
      'GRANT CREATE TABLE ON DATABASE stage TO ROLE loader',
      "GRANT SELECT, INSERT ON ALL TABLES IN DATABASE gold TO ROLE 'loader'",
      'GRANT INSERT ON TABLE gold.other TO ROLE loader',
    ],
  });
  const outcome = await gate.warehouse.enforcement('gold.orders');
  assert.ok(outcome.status === 'success');
  assert.deepEqual(outcome.value.writers, ["'bob'@'%'"]);
  assert.deepEqual(outcome.value.mend?.split('\n'), [
    '-- This was given on ALL TABLES IN DATABASE gold: grant what it needs elsewhere once more.',
    'REVOKE INSERT ON ALL TABLES IN DATABASE gold FROM ROLE `loader`;',
  ]);
});

test('where the views of sys may not be read, everybody is asked by SHOW GRANTS', async (t) => {
  const gate = await starRocksGate(t);
  showing(gate, {
    [ME]: ["GRANT 'assay_gate' TO 'assay_gate'@'%'"],
    "'bob'@'%'": ["GRANT loader, public TO 'bob'@'%'", 'GRANT SELECT ON TABLE gold.orders TO USER bob'],
    "'ada'@'%'": ['GRANT DROP, ALTER, CREATE_TABLE ON DATABASE gold TO USER `ada`@`%`'],
    "'eve'@'10.%'": ["GRANT IMPERSONATE ON USER 'assay_gate'@'%' TO USER 'eve'@'10.%' WITH GRANT OPTION"],
    "'root'@'%'": ["GRANT 'root' TO 'root'@'%'"],
    assay_gate: ['GRANT SELECT, INSERT, ALTER ON ALL TABLES IN DATABASE gold TO ROLE assay_gate'],
    loader: [
      'GRANT INGEST, UPDATE ON TABLE gold.* TO ROLE loader;',
      'GRANT INSERT ON ALL VIEWS IN DATABASE gold TO ROLE loader',
    ],
    public: [],
    root: ['GRANT ALL ON ALL TABLES IN ALL DATABASES TO ROLE root'],
  });
  const outcome = await gate.warehouse.enforcement('gold.orders');
  assert.ok(outcome.status === 'success', JSON.stringify(outcome));
  const { writers, superusers, mend } = outcome.value;
  assert.deepEqual(writers, ["'ada'@'%'", "'bob'@'%'", "'eve'@'10.%'"]);
  assert.deepEqual(superusers, ["'root'@'%'"]);
  assert.deepEqual(
    mend?.split('\n').filter((line) => !line.startsWith('--')),
    [
      "REVOKE DROP ON DATABASE gold FROM USER 'ada'@'%';",
      "REVOKE IMPERSONATE ON USER 'assay_gate'@'%' FROM USER 'eve'@'10.%';",
      'REVOKE INSERT, UPDATE ON TABLE gold.* FROM ROLE `loader`;',
    ],
  );
});

test('whoever may drop the database, or act as the gate, may change gold', async (t) => {
  const found = await examined(t, {
    users: [
      {
        GRANTEE: "'dan'@'%'",
        OBJECT_DATABASE: 'gold',
        OBJECT_NAME: null,
        OBJECT_TYPE: 'DATABASE',
        PRIVILEGE_TYPE: 'DROP, CREATE TABLE',
      },
      {
        GRANTEE: "'eve'@'%'",
        OBJECT_DATABASE: null,
        OBJECT_NAME: ME,
        OBJECT_TYPE: 'USER',
        PRIVILEGE_TYPE: 'IMPERSONATE',
      },
      {
        GRANTEE: "'fay'@'%'",
        OBJECT_DATABASE: null,
        OBJECT_NAME: "'other'@'%'",
        OBJECT_TYPE: 'USER',
        PRIVILEGE_TYPE: 'IMPERSONATE',
      },
    ],
    edges: [edge('assay_gate', { user: ME })],
  });
  assert.deepEqual(found.writers, ["'dan'@'%'", "'eve'@'%'"]);
  assert.match(found.mend ?? '', /REVOKE DROP ON DATABASE `gold` FROM USER 'dan'@'%';/);
});

test('who may not read the grants is told so', async (t) => {
  const gate = await starRocksGate(t);
  const outcome = await gate.warehouse.enforcement('gold.orders');
  assert.ok(outcome.status === 'failure');
  assert.match(outcome.reason, /grant SELECT on sys\.grants_to_users.*or the role user_admin/);
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
