import type { NamedPartition } from '#model/naming.ts';
import {
  LONGEST_PARTITION_KEY,
  PARTITION_SOURCES,
  partitionKey,
  type PartitionSource,
  type PartitionValues,
} from '#model/partition.ts';
import { partitionOfLocation } from '#model/partition-path.ts';
import type { RawDataset } from '../envelope.ts';
import { isObject, textOf, type Warnings } from './facet-reader.ts';

/** A partition that an entry of inputs or outputs is about, and who says so. */
export interface StatedPartition {
  /** '' when none is stated. */
  readonly key: string;
  /** Index of PARTITION_SOURCES; null when none is stated. */
  readonly source: number | null;
}

const NONE: readonly StatedPartition[] = [{ key: '', source: null }];

/** Values that are told, and by what. */
export interface Found {
  readonly values: PartitionValues;
  readonly source: PartitionSource;
}

/** The partitions that a dataset's name tells, else our own facet of it; none when neither does. */
export function readOwnPartitions(
  { facets }: RawDataset,
  named: NamedPartition,
  pointer: string,
  warnings: Warnings,
): readonly Found[] {
  const own = warnings.read(facets, 'assay_partition', `${pointer}/facets`, (facet): Found[] => [
    { values: valuesOf(facet['values']), source: 'facet' },
  ]);
  return named.values.length > 0 ? [{ values: named.values, source: 'name' }] : (own ?? []);
}

/**
 * The partitions that an entry of inputs or outputs is about, in the order of trust of the design: subset
 * condition by partition, by locations, the untrimmed name, our own facet. One of '' when none is stated.
 * @param own of `readOwnPartitions`.
 */
export function readPartitions(
  dataset: RawDataset,
  { named, partitions: own }: { readonly named: NamedPartition; readonly partitions: readonly Found[] },
  pointer: string,
  warnings: Warnings,
): readonly StatedPartition[] {
  const subset: readonly Found[] =
    warnings.read(dataset.outputFacets, 'subset', `${pointer}/outputFacets`, (facet) =>
      fromCondition(facet['outputCondition'], named),
    ) ??
    warnings.read(dataset.inputFacets, 'subset', `${pointer}/inputFacets`, (facet) =>
      fromCondition(facet['inputCondition'], named),
    ) ??
    [];
  const stated = new Map<string, number>();
  for (const { values, source } of subset.length > 0 ? subset : own) {
    if (values.length === 0) continue;
    const key = partitionKey(values);
    const index = PARTITION_SOURCES.indexOf(source);
    stated.set(key, Math.min(stated.get(key) ?? index, index));
  }
  if (stated.size === 0) return NONE;
  if ([...stated.keys()].some((key) => key.length > LONGEST_PARTITION_KEY)) {
    warnings.add('subset', pointer, `a partition key is longer than ${LONGEST_PARTITION_KEY} characters`);
    return NONE;
  }
  return [...stated].map(([key, source]) => ({ key, source }));
}

function fromCondition(condition: unknown, named: NamedPartition): Found[] {
  if (!isObject(condition)) return [];
  if (condition['type'] === 'partition' && Array.isArray(condition['partitions'])) {
    return condition['partitions'].filter(isObject).map((partition): Found => {
      const values = valuesOf(partition['dimensions']);
      const identifier = textOf(partition['identifier']);
      const stated = values.length > 0 || !identifier ? values : [['partition', identifier] as const];
      return { values: stated, source: 'condition' };
    });
  }
  if (condition['type'] === 'location' && Array.isArray(condition['locations'])) {
    return condition['locations']
      .filter((location) => typeof location === 'string')
      .map((location): Found => ({ values: locationValues(location, named), source: 'location' }));
  }
  return [];
}

function locationValues(location: string, named: NamedPartition): PartitionValues {
  const values = partitionOfLocation(location);
  return values.length > 0 ? values : named.values;
}

function valuesOf(dimensions: unknown): PartitionValues {
  if (!isObject(dimensions)) return [];
  return Object.entries(dimensions)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([column, value]) => [column, String(value)] as const);
}
