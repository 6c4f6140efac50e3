import { quoteIdentifier, quoteText, type TableName } from './names.ts';
import { StarRocksError, type Row, type Session } from './session.ts';
import { coversTable, parseGrant } from './show-grants.ts';

/** Rights by which a table can change past the gate. */
export const WRITING = ['INSERT', 'UPDATE', 'DELETE', 'ALTER', 'DROP'] as const;

/** A right of a user or a role by which the target can change. */
export interface WritingGrant {
  readonly to: 'user' | 'role';
  /** `'bob'@'%'` of a user; the name of a role. */
  readonly grantee: string;
  readonly privileges: readonly string[];
  /** What a REVOKE has to name; null where only the effect is known. */
  readonly on: string | null;
}

/** Who bears a role: another role, or a user. */
export interface RoleEdge {
  readonly role: string;
  readonly toRole: string | null;
  readonly toUser: string | null;
}

export interface Grants {
  readonly grants: readonly WritingGrant[];
  readonly edges: readonly RoleEdge[];
}

/** Accounts and roles that are asked for one by one. */
const MOST_GRANTEES = 500;

/**
 * All rights by which a table can change. The views of `sys` answer with three statements whatever the number of accounts, and
 * show each wildcard as every table that it reaches, so they are complete; but a REVOKE has to name what was granted,
 * which only SHOW GRANTS tells. That is asked for those who may write, and for everybody where the views may not be read.
 */
export async function readGrants(session: Session, table: TableName, self: string): Promise<Grants> {
  try {
    return await readWords(session, table, await readViews(session, table, self));
  } catch (error) {
    if (!(error instanceof StarRocksError) || error.kind !== 'refused') throw error;
    return readAll(session, table, self, error);
  }
}

async function readViews(session: Session, table: TableName, self: string): Promise<Grants> {
  const grants: WritingGrant[] = [];
  for (const to of ['user', 'role'] as const) {
    const view = `sys.grants_to_${to}s`;
    const onTable = await session.query(
      `SELECT GRANTEE, PRIVILEGE_TYPE FROM ${view} WHERE OBJECT_DATABASE = ${quoteText(table.database)} AND OBJECT_NAME = ${quoteText(table.table)}`,
    );
    const onDatabase = await session.query(
      `SELECT GRANTEE, PRIVILEGE_TYPE FROM ${view} WHERE OBJECT_TYPE = 'DATABASE' AND OBJECT_DATABASE = ${quoteText(table.database)}`,
    );
    const onUsers = await session.query(
      `SELECT GRANTEE, OBJECT_NAME, PRIVILEGE_TYPE FROM ${view} WHERE OBJECT_TYPE = 'USER'`,
    );
    grants.push(
      ...writing(to, onTable, WRITING, null),
      ...writing(to, onDatabase, ['DROP'], `DATABASE ${quoteIdentifier(table.database)}`),
      ...writing(
        to,
        onUsers.filter((row) => sameUser(row['OBJECT_NAME'] ?? '', self)),
        ['IMPERSONATE'],
        `USER ${self}`,
      ),
    );
  }
  const rows = await session.query('SELECT FROM_ROLE, TO_ROLE, TO_USER FROM sys.role_edges');
  const edges = rows.map((row) => ({
    role: row['FROM_ROLE'] ?? '',
    toRole: row['TO_ROLE'] ?? null,
    toUser: row['TO_USER'] ?? null,
  }));
  return { grants, edges: edges.filter(({ role }) => role !== '') };
}

function writing(
  to: WritingGrant['to'],
  rows: readonly Row[],
  wanted: readonly string[],
  on: string | null,
): WritingGrant[] {
  return rows
    .map((row) => ({
      to,
      grantee: row['GRANTEE'] ?? '',
      privileges: (row['PRIVILEGE_TYPE'] ?? '')
        .split(',')
        .map((one) => one.trim().toUpperCase())
        .filter((one) => wanted.includes(one)),
      on,
    }))
    .filter(({ privileges }) => privileges.length > 0);
}

/** The grants in the words in which they were given, where these may be read. */
async function readWords(session: Session, table: TableName, { grants, edges }: Grants): Promise<Grants> {
  const worded: WritingGrant[] = [];
  for (const one of grants) {
    if (one.on !== null) {
      worded.push(one);
      continue;
    }
    const shown = await showOne(session, one.to, one.grantee).catch((error: unknown) => {
      if (error instanceof StarRocksError && error.kind === 'refused') return null;
      throw error;
    });
    const found = shown === null ? [] : onTable(shown, table, one);
    worded.push(...(found.length > 0 ? found : [one]));
  }
  return { grants: worded, edges };
}

/** Asks for everybody, one by one. */
async function readAll(
  session: Session,
  table: TableName,
  self: string,
  refused: StarRocksError,
): Promise<Grants> {
  const [users, roles] = await Promise.all([session.query('SHOW USERS'), session.query('SHOW ROLES')]).catch(
    (error: unknown) => {
      if (error instanceof StarRocksError && error.kind === 'refused')
        throw new StarRocksError(
          'refused',
          `the grants can be read neither from sys (${refused.message}) nor by SHOW GRANTS (${error.message}); grant SELECT on sys.grants_to_users, sys.grants_to_roles and sys.role_edges, or the role user_admin`,
          error.code,
        );
      throw error;
    },
  );
  const grantees = [
    ...users.map((row) => ({ to: 'user' as const, grantee: Object.values(row)[0] ?? '' })),
    ...roles.map((row) => ({ to: 'role' as const, grantee: row['Name'] ?? Object.values(row)[0] ?? '' })),
  ].filter(({ grantee }) => grantee !== '');
  if (grantees.length > MOST_GRANTEES)
    throw new StarRocksError(
      'refused',
      `There are ${grantees.length} accounts and roles, too many to ask one by one; grant SELECT on sys.grants_to_users, sys.grants_to_roles and sys.role_edges.`,
    );
  const grants: WritingGrant[] = [];
  const edges: RoleEdge[] = [];
  for (const { to, grantee } of grantees) {
    const shown = await showOne(session, to, grantee);
    grants.push(...onTable(shown, table, { to, grantee }));
    for (const one of shown) {
      if (one.type === 'roles') {
        const [toRole, toUser] = to === 'role' ? [grantee, null] : [null, grantee];
        edges.push(...one.roles.map((role) => ({ role, toRole, toUser })));
        continue;
      }
      const user = /^USER\s+(.+)$/i.exec(one.on)?.[1];
      if (user !== undefined && sameUser(user, self) && one.privileges.includes('IMPERSONATE'))
        grants.push({ to, grantee, privileges: ['IMPERSONATE'], on: one.on });
    }
  }
  return { grants, edges };
}

async function showOne(session: Session, to: WritingGrant['to'], grantee: string) {
  const who = to === 'role' ? `ROLE ${quoteIdentifier(grantee)}` : userText(grantee);
  const rows = await session.query(`SHOW GRANTS FOR ${who}`);
  return rows.flatMap((row) => {
    const catalog = row['Catalog'];
    // Grants of other catalogs say nothing of our tables.
    if (catalog && !/^(?:default|default_catalog|NULL)$/i.test(catalog)) return [];
    return (row['Grants'] ?? '').split(/;\s*(?=GRANT\b)/i).flatMap((text) => parseGrant(text) ?? []);
  });
}

function onTable(
  shown: Awaited<ReturnType<typeof showOne>>,
  table: TableName,
  { to, grantee }: Pick<WritingGrant, 'to' | 'grantee'>,
): WritingGrant[] {
  return shown.flatMap((one) => {
    if (one.type !== 'privileges') return [];
    const covers = coversTable(one.on, table);
    const wanted: readonly string[] = covers === 'table' ? WRITING : covers === 'database' ? ['DROP'] : [];
    // Some releases write INSERT as INGEST, or ALL.
    const named = one.privileges.map((name) => (name === 'INGEST' ? 'INSERT' : name));
    const all = named.some((name) => name === 'ALL' || name === 'ALL PRIVILEGES');
    const privileges = all ? [...wanted] : named.filter((name) => wanted.includes(name));
    return privileges.length === 0 ? [] : [{ to, grantee, privileges, on: one.on }];
  });
}

/** `'bob'@'%'` as it stands in a statement; it comes from the frontend and is read once more. */
function userText(identity: string): string {
  const [, name = identity, host = '%'] = /^['`"]?(.*?)['`"]?@['`"]?(.*?)['`"]?$/.exec(identity.trim()) ?? [];
  return `${quoteText(name)}@${quoteText(host)}`;
}

export function sameUser(a: string, b: string): boolean {
  const bare = (text: string): string => text.replaceAll(/['`"\s]/g, '');
  return bare(a) === bare(b);
}
