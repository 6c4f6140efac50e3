import { checkPartition } from '#monitor/check-partition.ts';
import { parseContract } from '#rules/contract/parse.ts';
import type { PartitionWindow } from '#store/read-statistics.ts';

/** Ten checks of the usual kinds, all answered from measurements. */
const CONTRACT = `
dataset: bench
owner: bench
quality:
  - check: "row_count > 0"
  - check: "null_percentage(c1) < 10%"
  - check: "null_count(c0) = 0"
  - check: "avg(c2) between 0 and 1000"
  - check: "min(c3) >= 0"
  - check: "max(c4) < 100000"
  - check: "distinct_count(c5) > 1"
  - check: "row_count within 50% of avg_last(7)"
  - check: "sum(c7) within 50% of median_last(14)"
  - check: "row_count not anomalous(2 sigma)"
`;

const FACTS = [
  'row_count', 'null_count(c0)', 'null_count(c1)', 'null_count(c2)', 'null_count(c7)', 'sum(c2)', 'sum(c7)', 'min(c3)', 'max(c4)',
  'distinct_count(c5)',
]; // prettier-ignore

export interface CheckRate {
  readonly checks: number;
  readonly seconds: number;
  /** Results by status: a check that answers nothing would be fast. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Evaluates the contract on each window's last partition, with those before it as history. */
export function measureChecks(windows: Iterable<PartitionWindow>): CheckRate {
  const parsed = parseContract(CONTRACT, 'bench.yaml');
  if (parsed.status !== 'ok')
    throw new Error(`The contract of the benchmark is not understood: ${JSON.stringify(parsed)}`);
  const statuses: Record<string, number> = {};
  let checks = 0;
  const begin = performance.now();
  for (const window of windows) {
    for (const { status } of checkPartition(
      parsed.contract,
      window.partitions.at(-1) ?? '',
      window.points(FACTS),
    )) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      checks += 1;
    }
  }
  return { checks, seconds: (performance.now() - begin) / 1000, statuses };
}
