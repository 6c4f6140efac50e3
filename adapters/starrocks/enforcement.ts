import type { Enforcement, Outcome } from '#model/ports.ts';
import { quoteIdentifier, showTable, type TableName } from './names.ts';
import { targetOf } from './order-of.ts';
import { readGrants, sameUser, type RoleEdge, type WritingGrant } from './read-grants.ts';
import type { Session } from './session.ts';

/** Roles that come with StarRocks and may change any table, or give anyone the right to. */
const POWERFUL = new Set(['root', 'db_admin', 'user_admin']);

/**
 * Who besides the account of this connection may change the target, by the grants to users and roles and by who bears
 * the roles, and the statements that end it. Whoever may drop its database, or act as our account, may as well.
 */
export async function enforcement(session: Session, text: string): Promise<Outcome<Enforcement>> {
  const { table } = targetOf(text);
  const [me] = await session.query('SELECT CURRENT_USER()');
  const self = Object.values(me ?? {})[0] ?? '';
  const { grants, edges } = await readGrants(session, table, self);
  const own = rolesAbove(self, edges);
  const writers = grants.filter(({ to, grantee }) => to === 'user' && !sameUser(grantee, self));
  const bearers = grants
    .filter(({ to, grantee }) => to === 'role' && !POWERFUL.has(grantee))
    // The gate's own role is no way around the gate as long as nobody else bears it.
    .map((grant) => ({
      ...grant,
      users: usersOf(grant.grantee, edges).filter((user) => !sameUser(user, self)),
    }));
  const others = bearers.filter((grant) => !own.has(grant.grantee) || grant.users.length > 0);
  const mend = [
    ...writers.flatMap((grant) => revoke(grant, table)),
    ...others.flatMap((grant) =>
      own.has(grant.grantee)
        ? grant.users.map((user) => `REVOKE ${quoteIdentifier(grant.grantee)} FROM USER ${user};`)
        : revoke(grant, table),
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
      mend: mend.length === 0 ? null : [...new Set(mend)].join('\n'),
    },
  };
}

/** A REVOKE in the words of the grant; a wildcard is told, because it gave more than this table. */
function revoke({ to, grantee, privileges, on }: WritingGrant, table: TableName): string[] {
  const from = to === 'role' ? `ROLE ${quoteIdentifier(grantee)}` : `USER ${grantee}`;
  const what = privileges.join(', ');
  if (on === null)
    return [
      `REVOKE ${what} ON TABLE ${showTable(table)} FROM ${from};`,
      `-- or, if SHOW GRANTS FOR ${to === 'role' ? from : grantee} says so: REVOKE ${what} ON ALL TABLES IN DATABASE ${table.database} FROM ${from};`,
    ];
  const wide = /\bALL\b|\*/i.test(on);
  return [
    ...(wide ? [`-- This was given on ${on}: grant what it needs elsewhere once more.`] : []),
    `REVOKE ${what} ON ${on} FROM ${from};`,
  ];
}

/** Users that bear a role, also through other roles. */
function usersOf(role: string, edges: readonly RoleEdge[]): string[] {
  const seen = new Set([role]);
  const users = new Set<string>();
  for (const current of seen) {
    for (const edge of edges) {
      if (edge.role !== current) continue;
      if (edge.toRole) seen.add(edge.toRole);
      if (edge.toUser) users.add(edge.toUser);
    }
  }
  return [...users];
}

/** The roles that a user bears, also through other roles. */
function rolesAbove(user: string, edges: readonly RoleEdge[]): Set<string> {
  const roles = new Set<string>();
  for (const { role, toUser } of edges) if (toUser !== null && sameUser(toUser, user)) roles.add(role);
  for (const role of roles) for (const edge of edges) if (edge.toRole === role) roles.add(edge.role);
  return roles;
}
