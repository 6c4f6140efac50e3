import type { DatasetName, Server } from './dataset-name.ts';
import { authority, dotted } from './dataset-name.ts';

/** A table named by database and table. */
export interface DatabaseTable extends Server {
  readonly database: string;
  readonly table: string;
}

/** A table named by database, schema and table. */
export interface SchemaTable extends DatabaseTable {
  readonly schema: string;
}

type Namer<T> = (table: T) => DatasetName;

function databaseTable(scheme: string, defaultPort?: number): Namer<DatabaseTable> {
  return ({ host, port, database, table }) => ({
    namespace: `${scheme}://${authority(scheme, server(host, port), defaultPort)}`,
    name: dotted(scheme, { database, table }),
  });
}

function schemaTable(scheme: string, defaultPort?: number): Namer<SchemaTable> {
  return ({ host, port, database, schema, table }) => ({
    namespace: `${scheme}://${authority(scheme, server(host, port), defaultPort)}`,
    name: dotted(scheme, { database, schema, table }),
  });
}

function server(host: string, port: number | string | undefined): Server {
  return port === undefined ? { host } : { host, port };
}

/** `mysql://{host}:{port}`, `{database}.{table}`; port 3306 unless given. */
export const mysql = databaseTable('mysql', 3306);
/** `clickhouse://{host}:{port}`, `{database}.{table}`; port 8123 (HTTP) unless given. */
export const clickhouse = databaseTable('clickhouse', 8123);
/** `teradata://{host}:{port}`, `{database}.{table}`; port 1025 unless given. */
export const teradata = databaseTable('teradata', 1025);
/** `oceanbase://{host}:{port}`, `{database}.{table}`; port 2881 unless given. */
export const oceanbase = databaseTable('oceanbase', 2881);
/** `hive://{host}:{port}` of the metastore, `{database}.{table}`; port 9083 unless given. */
export const hive = databaseTable('hive', 9083);

/** `postgres://{host}:{port}`, `{database}.{schema}.{table}`; port 5432 unless given. */
export const postgres = schemaTable('postgres', 5432);
/** `mssql://{host}:{port}`, `{database}.{schema}.{table}`; port 1433 unless given. */
export const mssql = schemaTable('mssql', 1433);
/** `db2://{host}:{port}`, `{database}.{schema}.{table}`; port 50000 unless given. */
export const db2 = schemaTable('db2', 50_000);
/** `crate://{host}:{port}`, `{database}.{schema}.{table}`; port 5432 unless given. */
export const crate = schemaTable('crate', 5432);

/**
 * `starrocks://{fe host}:{port}`, `{database}.{table}`; port 9030 (the MySQL protocol) unless given.
 * OpenLineage defines no name for StarRocks; generic JDBC producers say `starrocks://`, MySQL drivers
 * `mysql://` for the same table, so a backend should treat the two as one. A table of an external catalog
 * gets the catalog in front.
 */
export function starrocks(table: DatabaseTable & { readonly catalog?: string }): DatasetName {
  const { catalog, ...rest } = table;
  const { namespace, name } = databaseTable('starrocks', 9030)(rest);
  const internal = catalog === undefined || catalog === '' || catalog === 'default_catalog';
  return { namespace, name: internal ? name : `${catalog}.${name}` };
}

/** `oracle://{host}:{port}`, `{service name or SID}.{schema}.{table}`; port 1521 unless given. */
export function oracle(
  table: Server & { readonly serviceName: string; readonly schema: string; readonly table: string },
): DatasetName {
  return {
    namespace: `oracle://${authority('oracle', table, 1521)}`,
    name: dotted('oracle', { serviceName: table.serviceName, schema: table.schema, table: table.table }),
  };
}

/** `trino://{host}:{port}`, `{catalog}.{schema}.{table}`; port 8080 unless given. */
export function trino(
  table: Server & { readonly catalog: string; readonly schema: string; readonly table: string },
): DatasetName {
  return {
    namespace: `trino://${authority('trino', table, 8080)}`,
    name: dotted('trino', { catalog: table.catalog, schema: table.schema, table: table.table }),
  };
}

/** `cassandra://{host}:{port}`, `{keyspace}.{table}`; port 9042 unless given. */
export function cassandra(
  table: Server & { readonly keyspace: string; readonly table: string },
): DatasetName {
  return {
    namespace: `cassandra://${authority('cassandra', table, 9042)}`,
    name: dotted('cassandra', { keyspace: table.keyspace, table: table.table }),
  };
}

/** `sqlserver://{host}:{port}`, `{schema}.{table}`; port 1433 unless given. */
export function azureSynapse(
  table: Server & { readonly schema: string; readonly table: string },
): DatasetName {
  return {
    namespace: `sqlserver://${authority('azureSynapse', table, 1433)}`,
    name: dotted('azureSynapse', { schema: table.schema, table: table.table }),
  };
}
