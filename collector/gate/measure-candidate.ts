import type { Contract } from '#model/contract.ts';
import type { Fact } from '#model/fact.ts';
import type { GroupFacts, TableDescription } from '#model/measure-plan.ts';
import { MEASUREMENT_SOURCES, type FactKey, type Facts } from '#model/measurement.ts';
import { parsePartitionKey, type PartitionValues } from '#model/partition.ts';
import type { MeasureCost, Outcome, Warehouse } from '#model/ports.ts';
import type { TableRef } from '#model/predicate.ts';
import type { TableProfile } from '#model/profile.ts';
import type { CandidateTables } from '#rules/sql/candidate-rows.ts';
import {
  MOST_GROUPS,
  nameOf,
  planHash,
  planQueries,
  type PlanRequest,
  TIME_LIMIT_SECONDS,
} from '#rules/sql/plan.ts';

import { affordable, profileOrder } from './profile-order.ts';

/** What is to be measured on a candidate. */
export interface CandidateOrder {
  readonly contract: Contract;
  /** The table that holds the candidate: `staging.orders_20260101`. */
  readonly ref: string;
  readonly partition: string;
  /** The published table; null when the contract publishes nowhere. */
  readonly target: string | null;
  readonly facts: ReadonlyMap<FactKey, Fact>;
  /** Keys of the partitions before it, newest first. */
  readonly previous: readonly string[];
  /** What was measured before on the version that the caller names; null when nothing was. */
  readonly known: KnownFacts | null;
  readonly now: Date;
}

/** Facts of one version. */
export type KnownFacts = Pick<Measured, 'version' | 'facts' | 'groups'> & {
  /** What need not be asked, because these facts decide the checks that stand on it. */
  readonly decided: ReadonlySet<FactKey>;
};

/** What was learnt of a candidate, and how. */
export interface Measured {
  readonly version: string;
  readonly facts: Facts;
  readonly groups: ReadonlyMap<FactKey, GroupFacts>;
  /** Facts that are not known because they could not be measured, and why. */
  readonly failed: ReadonlyMap<FactKey, string>;
  readonly sqlHash: string | null;
  /** What it took of the warehouse, where that is told. */
  readonly cost?: MeasureCost;
  /** Mergeable statistics of the same rows, where they were asked for and the warehouse makes them. */
  readonly profile?: Outcome<TableProfile>;
  /** From which samples of rows are compiled; null when nothing was asked of the warehouse. */
  readonly request: PlanRequest | null;
}

/**
 * Measures the facts in as few statements as there can be, all of them in one snapshot. What is known of this very
 * version is not asked again; when the candidate is another by now, all is.
 */
export async function measureCandidate(
  warehouse: Warehouse,
  order: CandidateOrder,
): Promise<Outcome<Measured>> {
  const found = await readTables(warehouse, order);
  if (found.status !== 'success') return found;
  const request: PlanRequest = {
    facts: order.facts,
    known: new Map(
      [
        ...(order.known?.facts.keys() ?? []),
        ...(order.known?.groups.keys() ?? []),
        ...(order.known?.decided ?? []),
      ].map((key) => [key, MEASUREMENT_SOURCES.query]),
    ),
    trustAtLeast: MEASUREMENT_SOURCES.query,
    candidate: found.value.candidate,
    tables: found.value.others,
    dialect: warehouse.dialect,
    hints: hintsOf(order.contract),
    now: order.now,
    seconds: TIME_LIMIT_SECONDS,
    groups: MOST_GROUPS,
  };
  const { statements, refused } = planQueries(request);
  const measured = await warehouse.measure({
    ref: order.ref,
    statements,
    timeLimitMs: TIME_LIMIT_SECONDS * 1000,
    profile: (facts) => {
      const { candidate, dialect, hints = new Map(), now } = request;
      const asked = profileOrder({ ...order, ...candidate, dialect, hints, now });
      return affordable(asked, order.contract, new Map([...(order.known?.facts ?? []), ...facts]));
    },
  });
  if (measured.status !== 'success') return measured;
  const { known } = order;
  if (known !== null && known.version !== measured.value.version)
    return measureCandidate(warehouse, { ...order, known: null });
  return {
    status: 'success',
    value: {
      ...measured.value,
      facts: new Map([...(known?.facts ?? []), ...measured.value.facts]),
      groups: new Map([...(known?.groups ?? []), ...measured.value.groups]),
      failed: new Map([...measured.value.failed, ...refused]),
      sqlHash: planHash(statements),
      request,
    },
  };
}

interface Tables {
  readonly candidate: CandidateTables;
  readonly others: ReadonlyMap<string, TableDescription | null>;
}

/** Looks the tables up, each once: which columns there are decides what is asked. */
async function readTables(warehouse: Warehouse, order: CandidateOrder): Promise<Outcome<Tables>> {
  const table = await warehouse.describe(order.ref);
  if (table.status !== 'success') return table;
  if (table.value === null) {
    return {
      status: 'failure',
      reason: `There is no table ${order.ref}, or the warehouse's role may not see it; check its name and the grants.`,
    };
  }
  const facts = [...order.facts.values()];
  const wider = facts.some(({ scope }) => scope.type !== 'partition');
  const partition = valuesOf(order.partition);
  const target =
    wider && order.target !== null && partition.length > 0 && order.target !== order.ref
      ? await warehouse.describe(order.target)
      : null;
  if (target !== null && target.status !== 'success') return target;
  const others = new Map<string, TableDescription | null>();
  for (const ref of facts.flatMap((fact) => fact.other?.table ?? fact.table ?? [])) {
    if (others.has(nameOf(ref))) continue;
    const other = await warehouse.describe(writtenName(ref));
    if (other.status === 'retryable') return other;
    others.set(nameOf(ref), other.status === 'success' ? other.value : null);
  }
  const previous = order.previous.map(valuesOf);
  const candidate = { table: table.value, partition, whole: true, target: target?.value ?? null, previous };
  return { status: 'success', value: { candidate, others } };
}

/** The columns and values of a partition key; none of what is no such key. */
export const valuesOf = (key: string): PartitionValues => parsePartitionKey(key) ?? [];

/** As adapters read names: odd parts in double quotes. */
function writtenName({ parts }: TableRef): string {
  return parts
    .map((part) => (/^[A-Za-z_]\w*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.');
}

/** What the contract knows of its columns and the catalogue does not. */
export function hintsOf(contract: Contract): NonNullable<PlanRequest['hints']> {
  return new Map(
    contract.columns.flatMap(({ name, physicalName }) =>
      physicalName === null ? [] : [[name, { physicalName }] as const],
    ),
  );
}
