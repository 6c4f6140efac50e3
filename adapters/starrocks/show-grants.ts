import type { TableName } from './names.ts';

/** What a GRANT says, as SHOW GRANTS writes it. */
export type ShownGrant =
  | {
      readonly type: 'privileges';
      readonly privileges: readonly string[];
      /** `TABLE gold.orders`, `ALL TABLES IN DATABASE gold`, `DATABASE gold`, `SYSTEM`, `USER 'x'@'%'`. */
      readonly on: string;
    }
  | { readonly type: 'roles'; readonly roles: readonly string[] };

/** Reads one statement; null for what is none that we know. */
export function parseGrant(text: string): ShownGrant | null {
  const statement = text.trim().replace(/;$/, '').trim();
  const privileges = /^GRANT\s+(.+?)\s+ON\s+(.+?)\s+TO\s+(?:USER|ROLE)\s+.+$/is.exec(statement);
  if (privileges)
    return {
      type: 'privileges',
      privileges: (privileges[1] ?? '')
        .split(',')
        .map((one) => one.trim().toUpperCase().replaceAll('_', ' ')),
      on: (privileges[2] ?? '').trim(),
    };
  const roles = /^GRANT\s+(.+?)\s+TO\s+.+$/is.exec(statement);
  if (!roles) return null;
  return {
    type: 'roles',
    roles: (roles[1] ?? '').split(',').map((one) => one.trim().replaceAll(/['`"]/g, '')),
  };
}

/** Whether what a grant is on holds a table, or the database that the table lies in. */
export function coversTable(on: string, { database, table }: TableName): 'table' | 'database' | null {
  const plain = on.replaceAll(/[`'"]/g, '').replaceAll(/\s+/g, ' ').trim();
  if (/^ALL TABLES IN ALL DATABASES$/i.test(plain)) return 'table';
  if (/^ALL DATABASES$/i.test(plain)) return 'database';
  const [, kind = '', names = ''] = /^(ALL TABLES IN DATABASE|TABLES?|DATABASES?) (.+)$/i.exec(plain) ?? [];
  const listed = names.split(',').map((name) => name.trim().replace(/^default_catalog\./, ''));
  if (/^TABLE/i.test(kind))
    return listed.some((name) => [`${database}.${table}`, `${database}.*`, '*.*'].includes(name))
      ? 'table'
      : null;
  if (!listed.includes(database)) return null;
  return /^ALL TABLES/i.test(kind) ? 'table' : kind === '' ? null : 'database';
}
