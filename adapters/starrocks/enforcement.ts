import type { Enforcement, Outcome } from '#model/ports.ts';
import { quoteText, quoteIdentifier, showTable, type TableName } from './names.ts';
import { targetOf } from './order-of.ts';
import type { Row, Session } from './session.ts';

/** Rights by which gold can change past the gate. */
const WRITING = ['INSERT', 'UPDATE', 'DELETE', 'ALTER', 'DROP'] as const;
/** Roles that come with StarRocks and may change any table, or give anyone the right to. */
const POWERFUL = new Set(['root', 'db_admin', 'user_admin']);

interface Grant {
  /** `'bob'@'%'` of a user; the name of a role. */
  readonly grantee: string;
  readonly privileges: readonly string[];
}

/**
 * Who besides the account of this connection may write the target, by the grants to users and roles and by who bears
 * the roles, and the statements that end it. Needs SELECT on the views of `sys` (user_admin has it).
 */
export async function enforcement(session: Session, text: string): Promise<Outcome<Enforcement>> {
  const { table } = targetOf(text);
  const [me] = await session.query('SELECT CURRENT_USER()');
  const self = Object.values(me ?? {})[0] ?? '';
  const users = grantsOf(await session.query(grantsOn('grants_to_users', table)));
  const roles = grantsOf(await session.query(grantsOn('grants_to_roles', table)));
  const edges = await session.query('SELECT FROM_ROLE, TO_ROLE, TO_USER FROM sys.role_edges');
  const own = rolesAbove(self, edges);
  const writers = users.filter(({ grantee }) => !sameUser(grantee, self));
  const bearers = roles
    // The gate's own role is no way around the gate as long as nobody else bears it.
    .map((grant) => ({
      ...grant,
      users: usersOf(grant.grantee, edges).filter((user) => !sameUser(user, self)),
    }))
    .filter((grant) => !POWERFUL.has(grant.grantee));
  const others = bearers.filter((grant) => !own.has(grant.grantee) || grant.users.length > 0);
  const mend = [
    ...writers.map(({ grantee, privileges }) => revoke(privileges, table, `USER ${grantee}`)),
    ...others.flatMap(({ grantee, privileges, users: names }) =>
      own.has(grantee)
        ? names.map((user) => `REVOKE ${quoteIdentifier(grantee)} FROM USER ${user};`)
        : [revoke(privileges, table, `ROLE ${quoteIdentifier(grantee)}`)],
    ),
  ];
  const named = [
    ...writers.map(({ grantee }) => grantee),
    ...others.flatMap(({ grantee, users: names }) => (names.length > 0 ? names : [`role ${grantee}`])),
  ];
  const superusers = [...POWERFUL]
    .flatMap((role) => usersOf(role, edges))
    .filter((user) => !sameUser(user, self));
  return {
    status: 'success',
    value: {
      enforced: mend.length === 0,
      writers: [...new Set(named)].sort(),
      superusers: [...new Set(superusers)].sort(),
      mend: mend.length === 0 ? null : mend.join('\n'),
    },
  };
}

function grantsOn(view: string, { database, table }: TableName): string {
  return `SELECT GRANTEE, PRIVILEGE_TYPE FROM sys.${view} WHERE OBJECT_DATABASE = ${quoteText(database)} AND OBJECT_NAME = ${quoteText(table)}`;
}

function grantsOf(rows: readonly Row[]): Grant[] {
  return rows
    .map((row) => ({
      grantee: row['GRANTEE'] ?? '',
      privileges: (row['PRIVILEGE_TYPE'] ?? '')
        .split(',')
        .map((one) => one.trim().toUpperCase())
        .filter((one) => (WRITING as readonly string[]).includes(one)),
    }))
    .filter(({ privileges }) => privileges.length > 0);
}

function revoke(privileges: readonly string[], table: TableName, from: string): string {
  return `REVOKE ${privileges.join(', ')} ON TABLE ${showTable(table)} FROM ${from};`;
}

/** Users that bear a role, also through other roles. */
function usersOf(role: string, edges: readonly Row[]): string[] {
  const seen = new Set([role]);
  const users = new Set<string>();
  for (const current of seen) {
    for (const edge of edges) {
      if (edge['FROM_ROLE'] !== current) continue;
      if (edge['TO_ROLE']) seen.add(edge['TO_ROLE']);
      if (edge['TO_USER']) users.add(edge['TO_USER']);
    }
  }
  return [...users];
}

/** The roles that a user bears, also through other roles. */
function rolesAbove(user: string, edges: readonly Row[]): Set<string> {
  const roles = new Set<string>();
  for (const edge of edges)
    if (edge['FROM_ROLE'] && edge['TO_USER'] && sameUser(edge['TO_USER'], user)) roles.add(edge['FROM_ROLE']);
  for (const role of roles)
    for (const edge of edges) if (edge['TO_ROLE'] === role && edge['FROM_ROLE']) roles.add(edge['FROM_ROLE']);
  return roles;
}

function sameUser(a: string, b: string): boolean {
  const bare = (text: string): string => text.replaceAll(/['`"\s]/g, '');
  return bare(a) === bare(b);
}
