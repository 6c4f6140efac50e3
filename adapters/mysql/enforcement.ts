import { createConnection, type Connection } from 'mysql2/promise';
import type { Enforcement, Outcome } from '#model/ports.ts';
import { codeOf, connectionOptions, faultOf, rows, type MysqlWarehouseOptions } from './client.ts';
import { Refusal } from './session.ts';
import { findTarget } from './slot.ts';
import { quoteIdentifier, showTable } from './table-name.ts';

/** Rights by which gold can change past the gate. */
const WRITING = "('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'DROP', 'TRIGGER')";
/** Rights by which an account takes any other right: no grant binds it. */
const POWERFUL = "('SUPER', 'CREATE USER')";

interface Grant {
  /** `'bob'@'%'`; a role of MariaDB has no host. */
  readonly grantee: string;
  readonly privilege: string;
  /** What it is granted on. */
  readonly scope: 'all' | 'database' | 'table' | 'column';
  /** The database as it was granted: `gold` or `go%`. */
  readonly pattern: string | null;
  readonly column: string | null;
}

const GRANTS = `
  select grantee as grantee, privilege_type as privilege, 'all' as scope, null as pattern, null as \`column\`
    from information_schema.user_privileges where privilege_type in ${WRITING}
  union all
  select grantee, privilege_type, 'database', table_schema, null
    from information_schema.schema_privileges where privilege_type in ${WRITING} and ? like table_schema
  union all
  select grantee, privilege_type, 'table', null, null
    from information_schema.table_privileges
   where privilege_type in ${WRITING} and table_schema = ? and table_name = ?
  union all
  select grantee, privilege_type, 'column', null, column_name
    from information_schema.column_privileges
   where privilege_type in ${WRITING} and table_schema = ? and table_name = ?`;

/** Who bears which role, as `role@host` and `user@host`. */
interface Edge {
  readonly role: string;
  readonly bearer: string;
}

const EDGES = {
  mariadb: "select concat(Role, '@') as role, concat(User, '@', Host) as bearer from mysql.roles_mapping",
  mysql:
    "select concat(from_user, '@', from_host) as role, concat(to_user, '@', to_host) as bearer from mysql.role_edges",
} as const;

/**
 * Who besides the account of the URL may write the target, by the grants to accounts and roles and by who bears the
 * roles, and the statements that end it. Accounts that may grant themselves anything are named apart. Needs SELECT
 * on the database `mysql`, without which a server shows an account its own grants only.
 */
export async function enforcement(
  options: MysqlWarehouseOptions,
  targetName: string,
): Promise<Outcome<Enforcement>> {
  const doing = `Reading the privileges of ${targetName}`;
  let session: Connection | null = null;
  try {
    session = await createConnection(connectionOptions(options.url));
    session.on('error', () => undefined);
    return { status: 'success', value: await readEnforcement(session, targetName) };
  } catch (error) {
    if (error instanceof Refusal) return error.outcome as Outcome<Enforcement>;
    if (/^ER_(TABLE|DB)ACCESS_DENIED_ERROR$/.test(codeOf(error) ?? ''))
      return {
        status: 'failure',
        reason: `${doing} needs SELECT on the database mysql: without it the server shows an account its own grants only.`,
      };
    return faultOf(error, doing);
  } finally {
    session?.destroy();
  }
}

async function readEnforcement(session: Connection, targetName: string): Promise<Enforcement> {
  const target = await findTarget(session, targetName);
  const { database, name } = target;
  const [server] = await rows<{ me: string; version: string }>(
    session,
    'select current_user() as me, version() as version',
  );
  const me = server?.me ?? '';
  const edges = await rows<Edge>(
    session,
    /mariadb/i.test(server?.version ?? '') ? EDGES.mariadb : EDGES.mysql,
  );
  const grants = await rows<Grant>(session, GRANTS, [database, database, name, database, name]);
  const powerful = await rows<{ grantee: string }>(
    session,
    `select distinct grantee as grantee from information_schema.user_privileges where privilege_type in ${POWERFUL}`,
  );
  const roles = new Set(edges.map(({ role }) => role));
  const superusers = powerful
    .flatMap(({ grantee }) => (roles.has(bare(grantee)) ? bearersOf(bare(grantee), edges) : [bare(grantee)]))
    .filter((account) => account !== me);
  const free = new Set([me, ...superusers]);
  const writers: string[] = [];
  const mend: string[] = [];
  for (const [grantee, granted] of groupedBy(grants, (grant) => bare(grant.grantee))) {
    if (free.has(grantee)) continue;
    const bearers = bearersOf(grantee, edges);
    const others = bearers.filter((account) => !free.has(account));
    if (bearers.includes(me)) {
      // The gate's own role is no way around the gate as long as nobody else bears it.
      mend.push(...others.map((account) => `REVOKE ${quoteAccount(grantee)} FROM ${quoteAccount(account)};`));
    } else mend.push(...revokes(granted, grantee, target));
    if (others.length > 0) writers.push(...others);
    else if (!bearers.includes(me))
      writers.push(isRole(grantee, roles) ? `role ${grantee.replace(/@.*$/, '')}` : grantee);
  }
  return {
    enforced: mend.length === 0,
    writers: [...new Set(writers)].sort(),
    superusers: [...new Set(superusers)].sort(),
    mend: mend.length === 0 ? null : mend.join('\n'),
  };
}

function revokes(
  grants: readonly Grant[],
  grantee: string,
  target: { database: string; name: string },
): string[] {
  const on = ({ scope, pattern }: Grant): string =>
    scope === 'all'
      ? '*.*'
      : scope === 'database'
        ? `${quoteIdentifier(pattern ?? target.database)}.*`
        : showTable(target);
  return [...groupedBy(grants, on)].map(([where, granted]) => {
    const what = granted.map(({ privilege, column }) =>
      column === null ? privilege : `${privilege} (${quoteIdentifier(column)})`,
    );
    return `REVOKE ${[...new Set(what)].sort().join(', ')} ON ${where} FROM ${quoteAccount(grantee)};`;
  });
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Accounts that bear a role, also through other roles. */
function bearersOf(role: string, edges: readonly Edge[]): string[] {
  const seen = new Set([role]);
  const accounts = new Set<string>();
  const roles = new Set(edges.map((edge) => edge.role));
  for (const current of seen)
    for (const { role: held, bearer } of edges) {
      if (held !== current) continue;
      if (roles.has(bearer)) seen.add(bearer);
      else accounts.add(bearer);
    }
  return [...accounts];
}

const isRole = (grantee: string, roles: ReadonlySet<string>): boolean =>
  grantee.endsWith('@') || roles.has(grantee);

/** `bob@%` of `'bob'@'%'`. */
const bare = (grantee: string): string => grantee.replaceAll("'", '');

/** An account as GRANT and REVOKE take it; a role of MariaDB has no host. */
function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  return at === account.length - 1
    ? quoteIdentifier(account.slice(0, at))
    : `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}
