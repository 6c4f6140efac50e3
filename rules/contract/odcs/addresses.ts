import type { DatasetAddress } from '#model/contract.ts';
import type { ContractServer } from '#model/contract-document.ts';

/**
 * The names that a table on these servers has in OpenLineage events (spec/Naming.md of OpenLineage), where the
 * server says enough to know.
 */
export function addressesOf(servers: readonly ContractServer[], table: string): readonly DatasetAddress[] {
  return servers.flatMap((server) => {
    const address = addressOn(server, table);
    return address === null ? [] : [address];
  });
}

function addressOn({ type, stated }: ContractServer, table: string): DatasetAddress | null {
  const part = (key: string): string | null => {
    const value = stated[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const hostAndPort = (standard: number): string | null => {
    const host = part('host');
    return host === null ? null : `${host}:${part('port') ?? standard}`;
  };
  const dotted = (...keys: readonly string[]): string =>
    [...keys.map(part).filter((value) => value !== null), table].join('.');
  const at = (namespace: string | null, name: string): DatasetAddress | null =>
    namespace === null ? null : { namespace, name };
  const on = (scheme: string, port: number): string | null => {
    const place = hostAndPort(port);
    return place === null ? null : `${scheme}://${place}`;
  };
  switch (type) {
    case 'postgres':
    case 'postgresql':
      return at(on('postgres', 5432), dotted('database', 'schema'));
    case 'mysql':
      return at(on('mysql', 3306), dotted('database'));
    case 'clickhouse':
      return at(on('clickhouse', 8123), dotted('database'));
    case 'hive':
      return at(on('hive', 10_000), dotted('database'));
    case 'sqlserver':
      return at(on('mssql', 1433), dotted('database', 'schema'));
    case 'oracle':
      return at(on('oracle', 1521), dotted('serviceName'));
    case 'trino':
      return at(on('trino', 8080), dotted('catalog', 'schema'));
    case 'snowflake':
      return at(part('account') && `snowflake://${part('account')}`, dotted('database', 'schema'));
    case 'bigquery':
      return at('bigquery', dotted('project', 'dataset'));
    case 'kafka':
      return at(part('host') && `kafka://${part('host')}`, table);
    default:
      return null;
  }
}
