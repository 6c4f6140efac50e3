import { escapeIdentifier, Pool } from 'pg';
import type { DailyRoutes } from './gold.ts';

/** The demo's side of the warehouse: it fills staging tables and reads gold, which only the gate writes. */
export interface DemoWarehouse {
  /** Creates the schemas and the empty, partitioned gold table where they are missing. */
  prepare(): Promise<void>;
  /** Replaces the day's staging table by these rows; returns its name, `staging.daily_routes_20010101`. */
  stage(routes: DailyRoutes): Promise<string>;
  close(): Promise<void>;
}

/** Name of the staging table of a day (`2001-01-01`). */
export function stagingTable(date: string): string {
  return `staging.daily_routes_${date.replaceAll('-', '')}`;
}

const COLUMNS = `
  flight_date  date             not null,
  origin       text             not null,
  destination  text             not null,
  distance     integer          not null,
  haul         text             not null,
  flights      integer          not null,
  mean_delay   double precision not null,
  late_flights integer          not null,
  share_late   double precision not null`;

const PREPARE = `
  create schema if not exists staging;
  create schema if not exists gold;
  create table if not exists gold.daily_routes (${COLUMNS}) partition by list (flight_date);
  comment on column gold.daily_routes.distance is 'miles';
  comment on column gold.daily_routes.mean_delay is 'minutes, negative when early';
  comment on column gold.daily_routes.late_flights is 'flights more than 60 minutes late';`;

/** Opens the warehouse; connections are made when first needed. */
export function openDemoWarehouse(url: string): DemoWarehouse {
  const pool = new Pool({ connectionString: url, max: 4, application_name: 'assay-demo' });
  // Heard elsewhere: the next statement fails with the same cause. Unheard it would end the process.
  pool.on('error', () => undefined);
  return {
    async prepare() {
      await pool.query(PREPARE);
    },
    stage: (routes) => stage(pool, routes),
    close: () => pool.end(),
  };
}

async function stage(pool: Pool, routes: DailyRoutes): Promise<string> {
  const name = stagingTable(routes.date);
  const [schema = '', table = ''] = name.split('.').map((part) => escapeIdentifier(part));
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `drop table if exists ${schema}.${table}; create table ${schema}.${table} (${COLUMNS})`,
    );
    // One array per column in one statement: no limit of 65,535 parameters, and one parse for all rows.
    await client.query(
      `insert into ${schema}.${table}
       select $1::date, * from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::float8[], $8::int[], $9::float8[])`,
      [
        routes.date,
        routes.origin,
        routes.destination,
        routes.distance,
        routes.haul,
        routes.flights,
        routes.meanDelay,
        routes.lateFlights,
        routes.shareLate,
      ],
    );
    await client.query('commit');
    return name;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
