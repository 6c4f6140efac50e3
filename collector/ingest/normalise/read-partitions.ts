import type { NamedPartition } from '#model/naming.ts';
import { LONGEST_PARTITION_KEY, partitionKey, type PartitionValues } from '#model/partition.ts';
import { partitionOfLocation } from '#model/partition-path.ts';
import type { RawDataset } from '../envelope.ts';
import { isObject, textOf, type Warnings } from './facet-reader.ts';

/**
 * The partitions that an entry of inputs or outputs is about, in the order of trust of the design: subset
 * condition by partition, by locations, the untrimmed name, our own facet. [''] when none is stated.
 */
export function readPartitions(
  dataset: RawDataset,
  named: NamedPartition,
  pointer: string,
  warnings: Warnings,
): string[] {
  const subset =
    warnings.read(dataset.outputFacets, 'subset', `${pointer}/outputFacets`, (facet) =>
      fromCondition(facet['outputCondition'], named),
    ) ??
    warnings.read(dataset.inputFacets, 'subset', `${pointer}/inputFacets`, (facet) =>
      fromCondition(facet['inputCondition'], named),
    ) ??
    [];
  const own =
    warnings.read(dataset.facets, 'assay_partition', `${pointer}/facets`, (facet) => [
      valuesOf(facet['values']),
    ]) ?? [];
  const candidates = subset.length > 0 ? subset : named.values.length > 0 ? [named.values] : own;
  const keys = candidates.filter((values) => values.length > 0).map(partitionKey);
  const tooLong = keys.find((key) => key.length > LONGEST_PARTITION_KEY);
  if (tooLong !== undefined) {
    warnings.add('subset', pointer, `a partition key is longer than ${LONGEST_PARTITION_KEY} characters`);
    return [''];
  }
  return keys.length === 0 ? [''] : [...new Set(keys)];
}

function fromCondition(condition: unknown, named: NamedPartition): PartitionValues[] {
  if (!isObject(condition)) return [];
  if (condition['type'] === 'partition' && Array.isArray(condition['partitions'])) {
    return condition['partitions'].filter(isObject).map((partition) => {
      const values = valuesOf(partition['dimensions']);
      const identifier = textOf(partition['identifier']);
      return values.length > 0 || !identifier ? values : [['partition', identifier] as const];
    });
  }
  if (condition['type'] === 'location' && Array.isArray(condition['locations'])) {
    return condition['locations']
      .filter((location) => typeof location === 'string')
      .map((location) => locationValues(location, named));
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
