import { quoteIdentifier, quoteText } from './names.ts';

/** Which databases hold what, and who the gate is. */
export interface SetupOrder {
  readonly staging: readonly string[];
  readonly silver: readonly string[];
  readonly gold: readonly string[];
  /** The account that Assay connects with. */
  readonly gateUser: string;
}

/** Roles that are made. Nobody but the gate's may change a table of gold. */
export const ROLES = {
  loader: 'assay_loader',
  engineer: 'assay_engineer',
  analyst: 'assay_analyst',
  gate: 'assay_gate',
} as const;

/**
 * The statements that make a gate one that cannot be walked around: loaders write staging, engineers write silver,
 * analysts read gold, and the gate's role alone changes gold. Running them again changes nothing.
 */
export function setupStatements(order: SetupOrder): string[] {
  const { loader, engineer, analyst, gate } = ROLES;
  const statements = Object.values(ROLES).map(
    (role) => `CREATE ROLE IF NOT EXISTS ${quoteIdentifier(role)};`,
  );
  const grant = (what: string, kind: string, database: string, role: string): void =>
    void statements.push(
      `GRANT ${what} ON ${kind} DATABASE ${quoteIdentifier(database)} TO ROLE ${quoteIdentifier(role)};`,
    );
  const read = (database: string, role: string): void => {
    for (const kind of ['TABLES', 'VIEWS', 'MATERIALIZED VIEWS'])
      grant('SELECT', `ALL ${kind} IN`, database, role);
  };
  const write = (database: string, role: string): void => {
    grant('SELECT, INSERT, UPDATE, DELETE, ALTER, DROP', 'ALL TABLES IN', database, role);
    grant('CREATE TABLE', '', database, role);
  };
  for (const database of order.staging) {
    write(database, loader);
    read(database, gate);
  }
  for (const database of order.silver) {
    write(database, engineer);
    read(database, gate);
  }
  for (const database of order.gold) {
    write(database, gate);
    read(database, analyst);
    read(database, engineer);
  }
  // So that `assay doctor` can tell who else may write.
  for (const view of ['role_edges', 'grants_to_roles', 'grants_to_users'])
    statements.push(`GRANT SELECT ON TABLE sys.${view} TO ROLE ${quoteIdentifier(gate)};`);
  const user = `${quoteText(order.gateUser)}@'%'`;
  statements.push(
    `GRANT ${quoteIdentifier(gate)} TO USER ${user};`,
    `SET DEFAULT ROLE ${quoteIdentifier(gate)} TO ${user};`,
  );
  return statements.map((statement) => statement.replaceAll('ON  DATABASE', 'ON DATABASE'));
}
