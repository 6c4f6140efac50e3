import type { Contract } from '#model/contract.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import { parsePartitionKey } from '#model/partition.ts';
import type { Outcome, Warehouse } from '#model/ports.ts';
import type { ProfileRequest, TableProfile } from '#model/profile.ts';
import { Problem } from '#collector/problems.ts';
import { SqlRefusal } from '#rules/sql/refusal.ts';
import { keepProfile } from './keep-profile.ts';
import { hintsOf } from './measure-candidate.ts';
import { profileOrder } from './profile-order.ts';
import { publishTarget, warehouseNamed, type GateServices } from './services.ts';

/** A published partition whose statistics are asked for. */
export interface ProfiledTarget {
  readonly datasetId: Uuid;
  readonly contract: Contract;
  /** '' for a dataset without partitions. */
  readonly partition: string;
}

/** What was summed up, and where. */
export interface PublishedProfile {
  readonly warehouse: string;
  readonly target: string;
  readonly profile: TableProfile;
}

/**
 * Sums up a partition as it is published, in one statement, whatever its size, and stores that. Throws
 * unknown_warehouse, invalid_request, publication_refused, warehouse_unavailable.
 */
export async function profilePublished(
  services: GateServices,
  { datasetId, contract, partition }: ProfiledTarget,
  now: Date,
): Promise<PublishedProfile> {
  const { publishTo } = contract.gate;
  if (publishTo === null)
    throw new Problem(
      'unknown_warehouse',
      `The contract of ${contract.dataset} names no gate.publish_to, so it is not known where its table is.`,
    );
  const { warehouse: name, target } = publishTarget(publishTo);
  const warehouse = warehouseNamed(services, name);
  if (warehouse.profile === undefined)
    throw new Problem('unknown_warehouse', `The warehouse ${name} makes no profiles.`);
  const request = await requestOf(warehouse, contract, target, partition, now);
  const profile = valueOf(await warehouse.profile(request));
  const version = derivedId('profile', datasetId, partition, services.newId());
  const about = { datasetId, partition, version, statedAt: now, facts: new Map() };
  await services.database.transaction((connection) => keepProfile(connection, about, profile));
  return { warehouse: name, target, profile };
}

async function requestOf(
  warehouse: Warehouse,
  contract: Contract,
  target: string,
  partition: string,
  now: Date,
): Promise<ProfileRequest> {
  const values = parsePartitionKey(partition);
  if (values === null)
    throw new Problem(
      'invalid_request',
      `${JSON.stringify(partition)} is no partition key; write column=value, for example dt=2026-01-31.`,
    );
  const table = valueOf(await warehouse.describe(target));
  if (table === null)
    throw new Problem('publication_refused', `There is no table ${target} in ${warehouse.name} yet.`);
  const { dialect } = warehouse;
  const subject = { contract, ref: target, table, dialect, partition: values, whole: false };
  try {
    return profileOrder({ ...subject, hints: hintsOf(contract), now });
  } catch (error) {
    if (error instanceof SqlRefusal) throw new Problem('invalid_request', error.text);
    throw error;
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'success') return outcome.value;
  throw new Problem(
    outcome.status === 'retryable' ? 'warehouse_unavailable' : 'publication_refused',
    outcome.reason,
  );
}
