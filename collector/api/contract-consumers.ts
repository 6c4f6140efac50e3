import { datasetId, type Uuid } from '#model/ids.ts';
import type { Contract } from '#model/contract.ts';
import { identify, type NamingRules } from '#model/naming.ts';
import type { Change } from '#rules/diff/change.ts';
import type { ContractFile } from '#rules/diff/contract-file.ts';
import type { Consumers } from '#rules/diff/report.ts';
import { touchesOf } from '#rules/diff/touches.ts';
import {
  consumersOf,
  dashboardsAmong,
  datasetsOfNames,
  type ConsumerRow,
  type TouchedColumn,
} from '#store/consumers.ts';
import type { Database } from '#store/database.ts';

/** Rows that one answer holds at most; the certain ones come first. */
const LIMIT = 5000;

/** Programs that show data to people, by the scheme or first word of their namespaces. */
const DASHBOARDS = /^(superset|tableau|looker|powerbi|metabase|grafana|redash|quicksight|dashboard)\b/i;

/**
 * Who reads what the changes touch, by the index of the change: column lineage where there is any, else that the
 * dataset is read. Three queries, whatever the number of changes.
 */
export async function consumersOfChanges(
  { database, naming }: { readonly database: Database; readonly naming?: NamingRules | undefined },
  changes: readonly Change[],
  before: ContractFile,
): Promise<ReadonlyMap<number, Consumers>> {
  const touches = touchesOf(changes, before);
  const ids = await idsOf(database, naming, [...new Set(touches.map(({ contract }) => contract))]);
  // Changes of one column, or of the dataset as a whole, have the same readers: those are looked for once.
  const numbers = new Map<string, number>();
  const touched: TouchedColumn[] = [];
  const asked = touches.map(({ change, contract, columns }) => {
    const known = ids.get(contract) ?? [];
    const key = JSON.stringify([known, columns]);
    const touch = numbers.get(key) ?? numbers.size;
    if (!numbers.has(key))
      for (const datasetId of known) for (const column of columns) touched.push({ touch, datasetId, column });
    numbers.set(key, touch);
    return { change, touch };
  });
  if (touched.length === 0) return new Map();
  const rows = await database.rows<ConsumerRow>(consumersOf(touched, LIMIT + 1));
  const written = [...new Set(rows.flatMap(({ dataset_id: id }) => id ?? []))];
  const dashboards = await database.rows<{ id: Uuid }>(dashboardsAmong(written));
  const found = grouped(rows.slice(0, LIMIT), new Set(dashboards.map(({ id }) => id)), rows.length > LIMIT);
  const byChange = Map.groupBy(asked, ({ change }) => change);
  return new Map(
    [...byChange].map(([change, own]) => [
      change,
      merged(own.flatMap(({ touch }) => found.get(touch) ?? [])),
    ]),
  );
}

/** Of a change of the whole file those of each of its datasets. */
function merged(parts: readonly Consumers[]): Consumers {
  const once = <T extends { readonly namespace: string; readonly name: string }>(all: readonly T[]): T[] => [
    ...new Map(all.map((one) => [JSON.stringify([one.namespace, one.name]), one])).values(),
  ];
  return {
    jobs: once(parts.flatMap(({ jobs }) => jobs)),
    datasets: once(parts.flatMap(({ datasets }) => datasets)),
    truncated: parts.some(({ truncated }) => truncated),
  };
}

function grouped(
  rows: readonly ConsumerRow[],
  dashboards: ReadonlySet<Uuid>,
  truncated: boolean,
): ReadonlyMap<number, Consumers> {
  const groups = Map.groupBy(rows, ({ touch }) => touch);
  return new Map(
    [...groups].map(([touch, own]) => {
      const jobs = new Map<string, Consumers['jobs'][number]>();
      const datasets = new Map<string, Consumers['datasets'][number]>();
      // Certain ones come first, so that the first word on each counts.
      for (const { job_namespace: space, job, dataset_id: id, namespace, name, certain } of own) {
        const key = JSON.stringify([space, job]);
        if (job !== null && !jobs.has(key)) jobs.set(key, { namespace: space ?? '', name: job, certain });
        if (id === null || name === null || datasets.has(id)) continue;
        const shows = dashboards.has(id) || DASHBOARDS.test(namespace ?? '');
        const kind = shows ? 'dashboard' : 'dataset';
        datasets.set(id, { namespace: namespace ?? '', name, kind, certain });
      }
      return [touch, { jobs: [...jobs.values()], datasets: [...datasets.values()], truncated }];
    }),
  );
}

/** The datasets that contracts speak of: by their namespace, their servers' addresses, else by the name alone. */
async function idsOf(
  database: Database,
  naming: NamingRules | undefined,
  contracts: readonly Contract[],
): Promise<ReadonlyMap<Contract, readonly Uuid[]>> {
  const ids = new Map<Contract, Uuid[]>();
  const byName: Contract[] = [];
  for (const contract of contracts) {
    const addresses =
      contract.namespace === null
        ? contract.addresses
        : [{ namespace: contract.namespace, name: contract.dataset }, ...contract.addresses];
    ids.set(
      contract,
      addresses.map((address) => {
        const named = identify(address.namespace, address.name, naming);
        return datasetId(named.namespace, named.name);
      }),
    );
    if (addresses.length === 0) byName.push(contract);
  }
  if (byName.length === 0) return ids;
  const found = await database.rows<{ id: Uuid; name: string }>(
    datasetsOfNames(byName.map(({ dataset }) => dataset)),
  );
  for (const contract of byName)
    ids.set(
      contract,
      found.filter(({ name }) => name === contract.dataset).map(({ id }) => id),
    );
  return ids;
}
