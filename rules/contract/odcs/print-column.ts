import type { ContractColumn } from '#model/contract.ts';
import type { JsonObject } from '#model/json.ts';

import { extrasProperty, stated } from './extras.ts';
import { optionFits } from './property-shape.ts';

/** Keys of a property that are written from the parts of the model, not from its fields. */
export const STRUCTURAL = ['quality', 'relationships', 'properties', 'items'] as const;

/** What ODCS has keys for, without the structural ones. */
export function printColumnFields(column: ContractColumn): JsonObject {
  const options = Object.entries(optionsOf(column)).filter(([key, value]) =>
    optionFits(column.logicalType, key, value),
  );
  return {
    ...(column.name !== '' && { name: column.name }),
    ...stated({
      physicalName: column.physicalName,
      businessName: column.businessName,
      description: column.description,
      primaryKey: column.primaryKey,
      primaryKeyPosition: column.primaryKeyPosition,
      logicalType: column.logicalType,
      physicalType: column.physicalType,
      required: column.required,
      unique: column.unique,
      partitioned: column.partitioned,
      partitionKeyPosition: column.partitionPosition,
      classification: column.classification,
      encryptedName: column.encryptedName,
      criticalDataElement: column.critical,
      tags: column.tags,
      examples: column.examples,
    }),
    ...(options.length > 0 && { logicalTypeOptions: Object.fromEntries(options) }),
  };
}

function optionsOf({ constraints, format, timezone, zoned }: ContractColumn): JsonObject {
  const { oneOf: _, ...limits } = constraints;
  const options = stated({ ...limits, format, defaultTimezone: timezone });
  return zoned === null ? options : { ...options, timezone: zoned };
}

/** A column of a contract that was read from ODCS: as it was, from the model and what it carries. */
export function printOdcsColumn(column: ContractColumn, quality: readonly JsonObject[]): JsonObject {
  return {
    ...printColumnFields(column),
    ...printParts(column),
    ...(quality.length > 0 && { quality }),
    ...column.carried,
  };
}

/** Fields of fields: their quality items are carried as they stand. */
function printParts(column: ContractColumn): JsonObject {
  return {
    ...(column.relationships.length > 0 && {
      relationships: column.relationships.map(({ carried }) => carried),
    }),
    ...(column.properties.length > 0 && {
      properties: column.properties.map((property) => printOdcsColumn(property, [])),
    }),
    ...(column.items !== null && { items: printOdcsColumn(column.items, []) }),
  };
}

/** A column of the short form. What ODCS has no key for goes to our custom property. */
export function printShortColumn(column: ContractColumn): JsonObject {
  const { oneOf } = column.constraints;
  const restricted = column.pii !== false && column.classification === null;
  const tagged = column.pii !== false && !column.tags.includes(`pii:${column.pii}`);
  const { tags: _, ...fields } = printColumnFields(column);
  const unplaced = Object.entries(optionsOf(column)).filter(
    ([key, value]) => !optionFits(column.logicalType, key, value),
  );
  const tags = [...column.tags, ...(tagged ? [`pii:${column.pii}`] : [])];
  return {
    ...fields,
    ...(restricted && { classification: 'restricted' }),
    ...(tags.length > 0 && { tags }),
    ...(oneOf !== null && {
      quality: [
        {
          type: 'library',
          metric: 'invalidValues',
          mustBe: 0,
          arguments: { validValues: oneOf },
          ...extrasProperty({ constraint: true }),
        },
      ],
    }),
    ...extrasProperty({
      pii: column.pii,
      masking: column.masking,
      retention: column.retention,
      unit: column.unit,
      currency: column.currency,
      encoding: column.encoding,
      options: unplaced.length === 0 ? null : Object.fromEntries(unplaced),
      added: [...(restricted ? ['classification'] : []), ...(tagged ? ['tags'] : [])],
    }),
  };
}
