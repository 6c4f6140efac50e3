import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { pushContracts } from '#gate/contracts.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import type { GateServices } from '#gate/services.ts';
import { datasetId } from '#model/ids.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import { testDatabase } from '#test/support/database.ts';
import { ROUTES, stage, testWarehouse, type TestWarehouse } from '#test/adapters/postgres/warehouse.ts';

/** A gate on a migrated store, with a warehouse that has gold.daily_routes by day. */
export interface TestGate {
  readonly storeUrl: string;
  readonly services: GateServices;
  readonly house: TestWarehouse;
  readonly dataset: string;
  /** Stages a day and evaluates it. */
  evaluate(
    day: string,
    rows: number,
    more?: { idempotencyKey?: string; table?: string; now?: Date },
  ): Promise<EvaluationRow>;
}

export const CONTRACT = `
dataset: gold.daily_routes
namespace: demo
version: "1.0.0"
owner: planning@example.com
partition: { column: flight_date, grain: day }
gate: { publish_to: "warehouse:gold.daily_routes" }
quality:
  - check: "row_count between 1 and 5"
  - check: "sum(flights) > 0"
`;

export async function testGate(t: TestContext, contract = CONTRACT): Promise<TestGate> {
  const house = await testWarehouse(t);
  await house.run(ROUTES);
  const database = await testDatabase(t);
  const services: GateServices = {
    database,
    warehouses: new Map([[house.warehouse.name, house.warehouse]]),
    newId: randomUUID,
  };
  await pushContracts(services, { text: contract, fileName: 'routes.yaml' }, new Date());
  const dataset = datasetId('demo', 'gold.daily_routes');
  return {
    storeUrl: database.url,
    services,
    house,
    dataset,
    async evaluate(day, rows, { now = new Date(), idempotencyKey, table } = {}) {
      const ref = await stage(house, day, rows, table);
      return evaluateCandidate(
        services,
        {
          datasetId: dataset,
          partition: `flight_date=${day}`,
          candidate: { kind: 'table', ref },
          idempotencyKey: idempotencyKey ?? null,
        },
        now,
      );
    },
  };
}

/** Number of rows that gold serves, by day. */
export async function served(house: TestWarehouse): Promise<string[]> {
  const found = await house.values(
    "select flight_date || ' ' || count(*) from gold.daily_routes group by flight_date order by 1",
  );
  return found.map(String);
}

/** What a rejected promise was rejected with: the kind of the problem. */
export async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no problem';
  } catch (error) {
    if (error instanceof Error && 'kind' in error) return String(error.kind);
    throw error;
  }
}
