import type { DatasetName } from './dataset-name.ts';
import { dotted, part } from './dataset-name.ts';

/** `bigquery`, `{project}.{dataset}.{table}`. */
export function bigquery(table: {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}): DatasetName {
  const { project, dataset } = table;
  return { namespace: 'bigquery', name: dotted('bigquery', { project, dataset, table: table.table }) };
}

/** `snowflake://{organization}-{account}`, `{database}.{schema}.{table}`. */
export function snowflake(table: {
  readonly organization: string;
  readonly account: string;
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}): DatasetName {
  const organization = part('snowflake', 'organization', table.organization);
  const account = part('snowflake', 'account', table.account);
  const { database, schema } = table;
  return {
    namespace: `snowflake://${organization}-${account}`,
    name: dotted('snowflake', { database, schema, table: table.table }),
  };
}

/** `redshift://{cluster}.{region}:{port}`, `{database}.{schema}.{table}`; port 5439 unless given. */
export function redshift(table: {
  readonly cluster: string;
  readonly region: string;
  readonly port?: number | string;
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}): DatasetName {
  const cluster = part('redshift', 'cluster', table.cluster);
  const region = part('redshift', 'region', table.region);
  const { database, schema } = table;
  return {
    namespace: `redshift://${cluster}.${region}:${table.port ?? 5439}`,
    name: dotted('redshift', { database, schema, table: table.table }),
  };
}

/** `awsathena://athena.{region}.amazonaws.com`, `{catalog}.{database}.{table}`. */
export function athena(table: {
  readonly region: string;
  readonly catalog: string;
  readonly database: string;
  readonly table: string;
}): DatasetName {
  const { catalog, database } = table;
  return {
    namespace: `awsathena://athena.${part('athena', 'region', table.region)}.amazonaws.com`,
    name: dotted('athena', { catalog, database, table: table.table }),
  };
}

/** `arn:aws:glue:{region}:{account}`, `table/{database}/{table}`. */
export function glue(table: {
  readonly region: string;
  readonly account: string;
  readonly database: string;
  readonly table: string;
}): DatasetName {
  const database = part('glue', 'database', table.database);
  return {
    namespace: `arn:aws:glue:${part('glue', 'region', table.region)}:${part('glue', 'account', table.account)}`,
    name: `table/${database}/${part('glue', 'table', table.table)}`,
  };
}

/** `unitycatalog://{host}`, `{catalog}.{schema}.{table}`. */
export function unityCatalog(table: {
  readonly host: string;
  readonly port?: number | string;
  readonly catalog: string;
  readonly schema: string;
  readonly table: string;
}): DatasetName {
  const host = part('unityCatalog', 'host', table.host);
  const { catalog, schema } = table;
  return {
    namespace: `unitycatalog://${host}${table.port === undefined ? '' : `:${table.port}`}`,
    name: dotted('unityCatalog', { catalog, schema, table: table.table }),
  };
}

/** `spanner://{project}:{instance}`, `{database}.{schema}.{table}`. */
export function spanner(table: {
  readonly project: string;
  readonly instance: string;
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}): DatasetName {
  const { database, schema } = table;
  return {
    namespace: `spanner://${part('spanner', 'project', table.project)}:${part('spanner', 'instance', table.instance)}`,
    name: dotted('spanner', { database, schema, table: table.table }),
  };
}

/** `azurecosmos://{host}/dbs/{database}`, `colls/{table}`. */
export function cosmosDb(table: {
  readonly host: string;
  readonly database: string;
  readonly table: string;
}): DatasetName {
  const host = part('cosmosDb', 'host', table.host);
  return {
    namespace: `azurecosmos://${host}/dbs/${part('cosmosDb', 'database', table.database)}`,
    name: `colls/${part('cosmosDb', 'table', table.table)}`,
  };
}

/** `azurekusto://{host}.kusto.windows.net`, `{database}/{table}`. */
export function kusto(table: {
  readonly host: string;
  readonly database: string;
  readonly table: string;
}): DatasetName {
  return {
    namespace: `azurekusto://${part('kusto', 'host', table.host)}.kusto.windows.net`,
    name: `${part('kusto', 'database', table.database)}/${part('kusto', 'table', table.table)}`,
  };
}
