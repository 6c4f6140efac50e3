import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import type { DatasetName } from '../src/index.ts';
import { naming } from '../src/index.ts';

const NAMES: readonly (readonly [DatasetName, namespace: string, name: string])[] = [
  [
    naming.postgres({ host: 'db', database: 'shop', schema: 'public', table: 't' }),
    'postgres://db:5432',
    'shop.public.t',
  ],
  [naming.mysql({ host: 'db', port: 3307, database: 'shop', table: 't' }), 'mysql://db:3307', 'shop.t'],
  [naming.mysql({ host: '::1', database: 'shop', table: 't' }), 'mysql://[::1]:3306', 'shop.t'],
  [naming.starrocks({ host: 'fe', database: 'gold', table: 't' }), 'starrocks://fe:9030', 'gold.t'],
  [
    naming.starrocks({ host: 'fe', catalog: 'iceberg', database: 'gold', table: 't' }),
    'starrocks://fe:9030',
    'iceberg.gold.t',
  ],
  [
    naming.starrocks({ host: 'fe', catalog: 'default_catalog', database: 'gold', table: 't' }),
    'starrocks://fe:9030',
    'gold.t',
  ],
  [naming.clickhouse({ host: 'ch', port: 9000, database: 'd', table: 't' }), 'clickhouse://ch:9000', 'd.t'],
  [naming.oracle({ host: 'o', serviceName: 's', schema: 'h', table: 't' }), 'oracle://o:1521', 's.h.t'],
  [naming.db2({ host: 'o', database: 'd', schema: 's', table: 't' }), 'db2://o:50000', 'd.s.t'],
  [naming.crate({ host: 'o', database: 'd', schema: 's', table: 't' }), 'crate://o:5432', 'd.s.t'],
  [naming.mssql({ host: 'o', database: 'd', schema: 's', table: 't' }), 'mssql://o:1433', 'd.s.t'],
  [naming.teradata({ host: 'o', database: 'd', table: 't' }), 'teradata://o:1025', 'd.t'],
  [naming.oceanbase({ host: 'o', database: 'd', table: 't' }), 'oceanbase://o:2881', 'd.t'],
  [naming.cassandra({ host: 'o', keyspace: 'k', table: 't' }), 'cassandra://o:9042', 'k.t'],
  [naming.azureSynapse({ host: 'o', schema: 's', table: 't' }), 'sqlserver://o:1433', 's.t'],
  [naming.trino({ host: 'o', catalog: 'c', schema: 's', table: 't' }), 'trino://o:8080', 'c.s.t'],
  [naming.hive({ host: 'ms', database: 'd', table: 't' }), 'hive://ms:9083', 'd.t'],
  [
    naming.redshift({ cluster: 'c', region: 'eu-west-1', database: 'd', schema: 's', table: 't' }),
    'redshift://c.eu-west-1:5439',
    'd.s.t',
  ],
  [
    naming.snowflake({ organization: 'org', account: 'acc', database: 'D', schema: 'S', table: 'T' }),
    'snowflake://org-acc',
    'D.S.T',
  ],
  [naming.bigquery({ project: 'p', dataset: 'd', table: 't' }), 'bigquery', 'p.d.t'],
  [
    naming.athena({ region: 'eu-west-1', catalog: 'c', database: 'd', table: 't' }),
    'awsathena://athena.eu-west-1.amazonaws.com',
    'c.d.t',
  ],
  [
    naming.glue({ region: 'eu-west-1', account: '12', database: 'd', table: 't' }),
    'arn:aws:glue:eu-west-1:12',
    'table/d/t',
  ],
  [naming.unityCatalog({ host: 'h', catalog: 'c', schema: 's', table: 't' }), 'unitycatalog://h', 'c.s.t'],
  [
    naming.spanner({ project: 'p', instance: 'i', database: 'd', schema: 's', table: 't' }),
    'spanner://p:i',
    'd.s.t',
  ],
  [naming.cosmosDb({ host: 'h', database: 'd', table: 't' }), 'azurecosmos://h/dbs/d', 'colls/t'],
  [naming.kusto({ host: 'h', database: 'd', table: 't' }), 'azurekusto://h.kusto.windows.net', 'd/t'],
  [naming.kafka({ host: 'k', topic: 'orders' }), 'kafka://k:9092', 'orders'],
  [naming.kafka({ host: 'k1:9094,k2:9094', topic: 'orders' }), 'kafka://k1:9094', 'orders'],
  [naming.pubsub({ type: 'subscription', project: 'p', id: 'i' }), 'pubsub', 'subscription:p:i'],
  [naming.s3({ bucket: 'lake', key: '/bronze/orders/' }), 's3://lake', 'bronze/orders'],
  [naming.minio({ bucket: 'lake', key: '' }), 's3://lake', '/'],
  [naming.gcs({ bucket: 'lake', key: 'a/b' }), 'gs://lake', 'a/b'],
  [naming.abfss({ container: 'c', account: 'a', path: '/x/y' }), 'abfss://c@a.dfs.core.windows.net', 'x/y'],
  [naming.wasbs({ container: 'c', account: 'a', path: '/x' }), 'wasbs://c@a.dfs.core.windows.net', 'x'],
  [naming.hdfs({ host: 'nn', path: '/warehouse/' }), 'hdfs://nn:8020', '/warehouse'],
  [naming.dbfs({ workspace: 'w', path: '/x' }), 'dbfs://w', '/x'],
  [naming.file({ path: '/data/x.csv' }), 'file', '/data/x.csv'],
  [naming.file({ path: '/data/x.csv', host: 'h' }), 'file://h', '/data/x.csv'],
  [naming.location('s3a://lake/warehouse/orders/'), 's3://lake', 'warehouse/orders'],
  [naming.location('s3n://lake'), 's3://lake', '/'],
  [naming.location('abfs://c@a.dfs.core.windows.net/x'), 'abfss://c@a.dfs.core.windows.net', 'x'],
  [naming.location('hdfs://nn:8020/warehouse'), 'hdfs://nn:8020', '/warehouse'],
  [naming.location('file:///data/x/'), 'file', '/data/x'],
  [naming.location('file:/data/x'), 'file', '/data/x'],
  [naming.location('dbfs:/x'), 'dbfs', '/x'],
  [naming.location('/'), 'file', '/'],
  [naming.delta({ location: 's3a://lake/silver/orders' }), 's3://lake', 'silver/orders'],
  [naming.iceberg({ location: 'gs://lake/silver/orders' }), 'gs://lake', 'silver/orders'],
];

suite('naming', () => {
  for (const [actual, namespace, name] of NAMES) {
    test(`${namespace} ${name}`, () => assert.deepEqual(actual, { namespace, name }));
  }

  test('a missing part is refused by name', () => {
    assert.throws(() => naming.postgres({ host: 'db', database: 'shop', schema: ' ', table: 't' }), {
      name: 'TypeError',
      message: 'The name of a postgres dataset needs "schema".',
    });
    assert.throws(() => naming.s3({ bucket: '', key: 'x' }), /needs "bucket"/);
  });
});
