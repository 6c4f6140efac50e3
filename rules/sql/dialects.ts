import type { DialectName } from '#model/ports.ts';

import type { Dialect } from './dialect.ts';
import { clickhouse } from './dialects/clickhouse.ts';
import { duckdb } from './dialects/duckdb.ts';
import { mysql } from './dialects/mysql.ts';
import { postgres } from './dialects/postgres.ts';
import { spark } from './dialects/spark.ts';
import { starrocks } from './dialects/starrocks.ts';
import { trino } from './dialects/trino.ts';

/** The table of dialects. A warehouse adapter names its own in `Warehouse.dialect`. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  postgres,
  mysql,
  starrocks,
  clickhouse,
  spark,
  trino,
  duckdb,
};
