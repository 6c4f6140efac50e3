import { randomUUID } from 'node:crypto';
import { readAlerting } from '#collector/alerting-config.ts';
import { Incidents } from '#collector/incidents/incidents.ts';
import { Objectives } from '#collector/objectives/objectives.ts';
import { SearchIndex } from '#collector/search/search-index.ts';
import { pushContracts } from '#gate/contracts.ts';
import { Ingest } from '#ingest/ingest.ts';
import { datasetId, derivedId, jobId } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { flights, NOW, seedEstate } from './estate.ts';
import { FAILED_REPORT, NIGHTLY, airflowJob, storeNightly, warehouseId } from './nightly.ts';
import { outputWithRows, sampleEvent } from './sample-events.ts';
import type { VisitOptions } from './visit.ts';

const LAKE = 'postgres://localhost:5432';
const WAREHOUSE = 'postgres://warehouse:5432';
const GOLD = datasetId(LAKE, 'assay.gold.daily_routes');

/** When the showroom is looked at: an hour after what its estate wrote last. */
export const OPENING = new Date(NOW.getTime() + 3_600_000);

/** Addresses of what stands in the showroom. */
export const SHOWN = {
  gold: GOLD,
  held: derivedId('evaluation', GOLD, 'flight_date=2001-07-01'),
  mart: warehouseId('mart.orders_daily'),
  nightly: NIGHTLY,
  failed: FAILED_REPORT,
  job: airflowJob('nightly.orders_daily'),
} as const;

const ORDERS = (version: string, ...checks: readonly string[]): string => `# What the reports may rely on.
dataset: 'mart.orders_daily'
namespace: '${WAREHOUSE}'
version: '${version}'
owner: 'orders@example.com'
description: 'Orders of one day, summed by customer.'
deadline: '06:30 UTC'
sla: '26 hours'
quality:
${checks.map((check) => `  - check: '${check}'`).join('\n')}
schema:
  - name: 'day'
    type: 'text'
  - name: 'amount'
    type: 'text'
`;

const STOCK = `dataset: 'mart.stock_daily'
namespace: '${WAREHOUSE}'
version: '1.0.0'
owner: 'stock@example.com'
deadline: '06:30 UTC'
partition: {column: 'day', grain: 'day'}
`;
const DAY = 86_400_000;
/** Days that a deadline was kept, but for one, before one that is not there yet. */
const KEPT_DAYS = 9;

/** What is configured where the showroom stands. */
export const SHOWROOM_OPTIONS = {
  now: () => OPENING,
  config: {
    bodyBytes: 1_000_000,
    alerting: readAlerting(
      {
        channels: {
          chat: { kind: 'slack', token: 'none', channel: '#data', signing_secret: 'none' },
          oncall: { kind: 'pagerduty', routing_key: 'none' },
        },
        default: { to: ['chat'] },
        routes: [
          {
            name: 'first',
            match: { tier: 1 },
            to: ['oncall'],
            escalate: [{ after: '15m', to: ['chat:#heads'] }],
          },
        ],
      },
      '.',
    ).config,
  },
} satisfies VisitOptions;

/** A store in which every page has something to say, the same each time: half a year of flights, a night of orders. */
export async function furnish(database: Database): Promise<void> {
  const now = (): Date => OPENING;
  await seedEstate(database, flights());
  for (const [from, to] of [
    ['bronze/flights', 'assay.silver.flights'],
    ['assay.silver.flights', 'assay.gold.daily_routes'],
  ] as const) {
    const input = from.startsWith('bronze') ? datasetId('file://flights', from) : datasetId(LAKE, from);
    await database.execute(
      sql`insert into job_dataset (job_id, dataset_id, role) values (${jobId('estate', to)}, ${input}, 0)`,
    );
  }
  await storeNightly(database, NOW, []);
  const gate = { database, warehouses: new Map(), newId: randomUUID };
  const push = (text: string, fileName = 'orders.yaml', at = OPENING): Promise<unknown> =>
    pushContracts(gate, { text, fileName, pushedBy: 'dana@example.com' }, at);
  await push(ORDERS('1.0.0', 'row_count > 0'));
  await push(ORDERS('1.1.0', 'row_count > 0', 'null_percentage(amount) < 1%', 'unique(day)'));
  const ingest = new Ingest({ database, now });
  await ingest.receive(Buffer.from('{"eventType":"COMPLETE","eventTime":"yesterday"}'), 'http');
  await ingest.receive(Buffer.from('<html>not an event'), 'http');
  await push(STOCK, 'stock.yaml', new Date(OPENING.getTime() - (KEPT_DAYS + 2) * DAY));
  await landStock(ingest);
  await new Objectives({ database, now }).look();
  await new Incidents({ database, now }).pass();
  await new SearchIndex({ database, now }).settle();
}

/** A table that lands each morning: once too late, and today not at all. */
async function landStock(ingest: Ingest): Promise<void> {
  const midnight = Math.floor(OPENING.getTime() / DAY) * DAY;
  for (let ago = KEPT_DAYS + 1; ago > 1; ago -= 1) {
    const day = new Date(midnight - ago * DAY).toISOString().slice(0, 10);
    const hour = ago === 4 ? 9 : 5;
    const output = outputWithRows('mart.stock_daily', 900 + ago, { partition: { day } });
    await ingest.receive(
      sampleEvent({
        runId: `018cc251-f400-7000-8000-${String(ago).padStart(12, '0')}`,
        type: 'COMPLETE',
        time: new Date(midnight - (ago - 1) * DAY + hour * 3_600_000).toISOString(),
        job: 'load stock',
        outputs: [{ ...output, namespace: WAREHOUSE }],
      }),
      'http',
    );
  }
}
