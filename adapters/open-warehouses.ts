import type { Warehouse } from '#model/ports.ts';
import { mysqlWarehouse } from './mysql/warehouse.ts';
import { postgresWarehouse } from './postgres/warehouse.ts';
import type { StarRocksSettings } from './starrocks/settings.ts';
import { starRocksWarehouse } from './starrocks/warehouse.ts';

export type WarehouseSettings =
  | {
      readonly kind: 'postgres';
      /** `embedded:<database>` is a database of the embedded PostgreSQL. */
      readonly url: string;
    }
  | {
      /** MariaDB too. */
      readonly kind: 'mysql';
      readonly url: string;
    }
  | (StarRocksSettings & { readonly kind: 'starrocks' });

const EMBEDDED = 'embedded:';

/** A warehouse is configured in a way that cannot work. */
export class WarehouseSettingsError extends Error {}

/** Databases of the embedded PostgreSQL that are configured as warehouses. */
export function embeddedDatabases(settings: Readonly<Record<string, WarehouseSettings>>): string[] {
  return Object.values(settings).flatMap((one) =>
    one.kind === 'postgres' ? (embeddedDatabase(one.url) ?? []) : [],
  );
}

function embeddedDatabase(url: string): string | null {
  return url.startsWith(EMBEDDED) ? url.slice(EMBEDDED.length) : null;
}

/**
 * Makes the configured warehouses, each by its adapter. Nothing is connected yet: a warehouse that is down
 * must not keep events from being received.
 * @param embeddedUrl the URL of a database of the embedded server; null when there is none.
 */
export function openWarehouses(
  settings: Readonly<Record<string, WarehouseSettings>>,
  embeddedUrl: (database: string) => string | null,
): Map<string, Warehouse> {
  const warehouses = new Map<string, Warehouse>();
  for (const [name, one] of Object.entries(settings)) {
    if (one.kind === 'starrocks') {
      warehouses.set(name, starRocksWarehouse({ ...one, name }));
      continue;
    }
    const { url } = one;
    if (one.kind === 'mysql') {
      warehouses.set(name, mysqlWarehouse({ name, url }));
      continue;
    }
    const database = embeddedDatabase(url);
    const resolved = database === null ? url : embeddedUrl(database);
    if (resolved === null) {
      throw new WarehouseSettingsError(
        `The warehouse ${name} is configured as ${url}, but with DATABASE_URL there is no embedded PostgreSQL; give it a postgres:// URL.`,
      );
    }
    warehouses.set(name, postgresWarehouse({ name, url: resolved }));
  }
  return warehouses;
}
