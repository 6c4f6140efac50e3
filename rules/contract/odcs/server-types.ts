import { INTEGER, text, TEXT, type Fields, type Shape } from './shape.ts';

/** RFC 3986, loosely: a scheme and characters that a URI may have. */
const URI = text(
  'a URI',
  's3://bucket/path',
  /^[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i,
);
const SFTP = text('a URI that begins with sftp://', 'sftp://host/path', /^sftp:\/\//);

/** What a server of a type states beside what all servers may (infrastructure-servers.md of ODCS 3.1). */
const types = {
  api: { location: URI },
  athena: { stagingDir: URI, schema: TEXT, catalog: TEXT, regionName: TEXT },
  azure: { location: URI, format: TEXT, delimiter: TEXT },
  bigquery: { project: TEXT, dataset: TEXT },
  clickhouse: { host: TEXT, port: INTEGER, database: TEXT },
  databricks: { host: TEXT, catalog: TEXT, schema: TEXT },
  denodo: { host: TEXT, port: INTEGER, database: TEXT },
  dremio: { host: TEXT, port: INTEGER, schema: TEXT },
  duckdb: { database: TEXT, schema: TEXT },
  glue: { account: TEXT, database: TEXT, location: URI, format: TEXT },
  cloudsql: { host: TEXT, port: INTEGER, database: TEXT, schema: TEXT },
  db2: { host: TEXT, port: INTEGER, database: TEXT, schema: TEXT },
  hive: { host: TEXT, port: INTEGER, database: TEXT },
  impala: { host: TEXT, port: INTEGER, database: TEXT },
  informix: { host: TEXT, port: INTEGER, database: TEXT },
  kafka: { host: TEXT, format: TEXT },
  kinesis: { region: TEXT, format: TEXT },
  local: { path: TEXT, format: TEXT },
  mysql: { host: TEXT, port: INTEGER, database: TEXT },
  oracle: { host: TEXT, port: INTEGER, serviceName: TEXT },
  postgresql: { host: TEXT, port: INTEGER, database: TEXT, schema: TEXT },
  postgres: { host: TEXT, port: INTEGER, database: TEXT, schema: TEXT },
  presto: { host: TEXT, catalog: TEXT, schema: TEXT },
  pubsub: { project: TEXT },
  redshift: { host: TEXT, database: TEXT, schema: TEXT, region: TEXT, account: TEXT },
  s3: { location: URI, endpointUrl: URI, format: TEXT, delimiter: TEXT },
  sftp: { location: SFTP, format: TEXT, delimiter: TEXT },
  snowflake: { host: TEXT, port: INTEGER, account: TEXT, database: TEXT, schema: TEXT, warehouse: TEXT },
  sqlserver: { host: TEXT, port: INTEGER, database: TEXT, schema: TEXT },
  synapse: { host: TEXT, port: INTEGER, database: TEXT },
  trino: { host: TEXT, port: INTEGER, catalog: TEXT, schema: TEXT },
  vertica: { host: TEXT, port: INTEGER, database: TEXT, schema: TEXT },
  zen: { host: TEXT, port: INTEGER, database: TEXT },
  custom: {
    account: TEXT,
    catalog: TEXT,
    database: TEXT,
    dataset: TEXT,
    delimiter: TEXT,
    endpointUrl: URI,
    format: TEXT,
    host: TEXT,
    location: URI,
    path: TEXT,
    port: INTEGER,
    project: TEXT,
    region: TEXT,
    regionName: TEXT,
    schema: TEXT,
    serviceName: TEXT,
    stagingDir: TEXT,
    warehouse: TEXT,
    stream: TEXT,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Shape>>>>;

/** What a server of a type must state; a type that is not listed: nothing more. */
const required: Readonly<Record<string, readonly string[]>> = {
  api: ['location'],
  athena: ['stagingDir', 'schema'],
  azure: ['location', 'format'],
  bigquery: ['project', 'dataset'],
  clickhouse: ['host', 'port', 'database'],
  databricks: ['catalog', 'schema'],
  denodo: ['host', 'port'],
  dremio: ['host', 'port'],
  duckdb: ['database'],
  glue: ['account', 'database'],
  cloudsql: ['host', 'port', 'database', 'schema'],
  db2: ['host', 'port', 'database'],
  hive: ['host', 'database'],
  impala: ['host', 'database'],
  informix: ['host', 'database'],
  kafka: ['host'],
  local: ['path', 'format'],
  mysql: ['host', 'port', 'database'],
  oracle: ['host', 'port', 'serviceName'],
  postgresql: ['host', 'port', 'database', 'schema'],
  postgres: ['host', 'port', 'database', 'schema'],
  presto: ['host'],
  pubsub: ['project'],
  redshift: ['database', 'schema'],
  s3: ['location'],
  sftp: ['location'],
  snowflake: ['account', 'database', 'schema'],
  sqlserver: ['host', 'database', 'schema'],
  synapse: ['host', 'port', 'database'],
  trino: ['host', 'port', 'catalog', 'schema'],
  vertica: ['host', 'port', 'database', 'schema'],
  zen: ['host', 'database'],
};

export const SERVER_TYPES: readonly string[] = Object.keys(types);

/** The keys of a server of this type beside the common ones; none for a type that is not known. */
export function serverFields(type: string | null): Fields {
  const known = SERVER_TYPES.find((name): name is keyof typeof types => name === type);
  return known === undefined
    ? { shapes: {}, required: [] }
    : { shapes: types[known], required: required[known] ?? [] };
}
