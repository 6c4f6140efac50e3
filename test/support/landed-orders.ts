import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a shop left for the programs of test/real/spark: a file of orders a day, and its customers. */
export interface LandedDay {
  readonly day: string;
  readonly orders: number;
  /** Orders that name an amount. */
  readonly priced: number;
  /** Countries that priced orders of known customers come from. */
  readonly countries: number;
}

/** Three days, each with its numbers; on the last no order names an amount. */
export const LANDED: readonly LandedDay[] = [
  { day: '2026-01-01', orders: 200, priced: 180, countries: 3 },
  { day: '2026-01-02', orders: 150, priced: 135, countries: 3 },
  { day: '2026-01-03', orders: 20, priced: 0, countries: 0 },
];

const COUNTRIES = ['EE', 'LV', 'LT'];
const CUSTOMERS = 7;

/** Writes FOLDER/landing/orders/<day>.csv and FOLDER/landing/customers.csv. */
export function landOrders(folder: string): void {
  mkdirSync(join(folder, 'landing/orders'), { recursive: true });
  for (const { day, orders, priced } of LANDED) {
    const lines = Array.from({ length: orders }, (_, i) => {
      // Every tenth order names no amount, and every eleventh customer is nobody's.
      const amount = priced === 0 || i % 10 === 0 ? '' : String(i * 1.5);
      return `${i},${i % 11 === 0 ? 99 : i % CUSTOMERS},${amount},${day}`;
    });
    write(folder, `landing/orders/${day}.csv`, ['order_id,customer_id,amount,dt', ...lines]);
  }
  const customers = Array.from({ length: CUSTOMERS }, (_, id) => `${id},${COUNTRIES[id % COUNTRIES.length]}`);
  write(folder, 'landing/customers.csv', ['id,country', ...customers]);
}

function write(folder: string, name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
}
