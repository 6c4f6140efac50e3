import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { starRocksWarehouse } from '#adapters/starrocks/warehouse.ts';
import { pushContracts } from '#gate/contracts.ts';
import { evaluateCandidate } from '#gate/evaluate.ts';
import { publishEvaluation } from '#gate/publish.ts';
import type { GateServices } from '#gate/services.ts';
import { datasetId } from '#model/ids.ts';
import type { Warehouse } from '#model/ports.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import type { PublicationRow } from '#store/publications.ts';
import { testDatabase } from '#test/support/database.ts';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import { frontEndServer, type FrontEndServer } from '#test/support/starrocks/mysql-server.ts';
import { rowsOfContent } from '#test/support/starrocks/row-queries.ts';

export const DAY = 'dt=2026-01-01';
const FORMAL = 'p20260101';
const COLUMNS = [
  { name: 'dt', type: 'date' },
  { name: 'order_id', type: 'bigint' },
  { name: 'amount', type: 'int' },
];

/** A frontend over the wire, a warehouse on it, and a gate with a contract for gold.orders. */
export interface StarRocksGate {
  readonly server: FrontEndServer;
  readonly warehouse: Warehouse;
  readonly services: GateServices;
  readonly dataset: string;
  /** Writes rows of the day as a pipeline would; gives the ref. */
  stage(table: string, amounts: readonly (number | null)[]): string;
  evaluate(ref: string, key?: string): Promise<EvaluationRow>;
  publish(row: EvaluationRow, now?: Date): Promise<PublicationRow>;
  /** Amounts that readers of gold see. */
  gold(): unknown[];
}

export function rowsText(amounts: readonly (number | null)[]): string {
  return JSON.stringify(amounts.map((amount, at) => ({ dt: '2026-01-01', order_id: at + 1, amount })));
}

/** @param by the protocol; the partitioned table is published by `replace` unless told. */
export async function starRocksGate(
  t: TestContext,
  by: 'replace' | 'overwrite' | 'swap' | 'pointer' | 'routine_load' | null = null,
  options = '',
  grain = 'day',
): Promise<StarRocksGate> {
  const frontEnd = new FrontEnd();
  const partitioned = by === null || by === 'replace' || by === 'overwrite' || by === 'routine_load';
  if (by === 'pointer') {
    frontEnd.views.add('gold.orders');
    frontEnd.columns.set('gold.orders', COLUMNS);
  } else {
    frontEnd.createTable('gold.orders', partitioned);
    frontEnd.columns.set('gold.orders', COLUMNS);
  }
  const server = await frontEndServer(t, frontEnd);
  const warehouse = starRocksWarehouse({
    name: 'starrocks',
    cluster: 'test',
    hosts: [`127.0.0.1:${server.port}`],
    user: 'assay_gate',
    password: 'top secret',
    connections: 2,
  });
  t.after(() => warehouse.close());
  const database = await testDatabase(t);
  const services: GateServices = {
    database,
    warehouses: new Map([['starrocks', warehouse]]),
    newId: randomUUID,
  };
  const contract = `
dataset: gold.orders
namespace: starrocks
version: "1.0.0"
owner: shop@example.com
${partitioned ? `partition: { column: dt, grain: ${grain} }` : ''}
gate: { publish_to: "starrocks:gold.orders${by === null ? '' : `?by=${by}${options}`}" }
quality:
  - check: "row_count between 1 and 5"
  - check: "null_count(amount) = 0"
  - check: "unique(order_id)"
`;
  await pushContracts(services, { text: contract, fileName: 'orders.yaml' }, new Date());
  const dataset = datasetId('starrocks', 'gold.orders');
  return {
    server,
    warehouse,
    services,
    dataset,
    stage(name, amounts) {
      const place = by === 'swap' || by === 'pointer' ? `gold.${name}` : `stage.${name}`;
      const table = frontEnd.createTable(place, false);
      frontEnd.write(table, name, rowsText(amounts));
      frontEnd.columns.set(place, COLUMNS);
      return place;
    },
    evaluate: (ref, key) =>
      evaluateCandidate(
        services,
        {
          datasetId: dataset,
          partition: partitioned ? DAY : '',
          candidate: { kind: 'table', ref },
          idempotencyKey: key ?? null,
        },
        new Date(),
      ),
    publish: (row, now = new Date()) =>
      publishEvaluation(services, row.id, { expectedVersion: row.candidate_version ?? '' }, now),
    gold() {
      const shown =
        by === 'pointer'
          ? (frontEnd.keyed.get('gold.assay_published')?.get('gold.orders') ?? null)
          : 'gold.orders';
      const table = shown === null ? undefined : frontEnd.tables.get(shown);
      const content = partitioned
        ? table?.formal.get(FORMAL)?.content
        : [...(table?.formal.values() ?? [])][0]?.content;
      return rowsOfContent(content ?? '').map((row) => row['amount']);
    },
  };
}
