import type { ContractColumn } from '#model/contract.ts';
import type { JsonObject } from '#model/json.ts';

import { extrasProperty, stated } from './extras.ts';

/** Keys of a property that are written from the parts of the model, not from its fields. */
export const STRUCTURAL = ['quality', 'relationships', 'properties', 'items'] as const;

/** What ODCS has keys for, without the structural ones. */
export function printColumnFields(column: ContractColumn): JsonObject {
  const { constraints } = column;
  const options = stated({
    minLength: constraints.minLength,
    maxLength: constraints.maxLength,
    pattern: constraints.pattern,
    minimum: constraints.minimum,
    exclusiveMinimum: constraints.exclusiveMinimum,
    maximum: constraints.maximum,
    exclusiveMaximum: constraints.exclusiveMaximum,
    multipleOf: constraints.multipleOf,
    format: column.format,
    defaultTimezone: column.timezone,
  });
  const allOptions = column.zoned === null ? options : { ...options, timezone: column.zoned };
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
    ...(Object.keys(allOptions).length > 0 && { logicalTypeOptions: allOptions }),
  };
}

/** A column of a contract that was read from ODCS: as it was, from the model and what it carries. */
export function printOdcsColumn(
  column: ContractColumn,
  quality: (column: string) => readonly JsonObject[],
): JsonObject {
  const items = quality(column.name);
  return {
    ...printColumnFields(column),
    ...printParts(column),
    ...(items.length > 0 && { quality: items }),
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
      properties: column.properties.map((property) => printOdcsColumn(property, () => [])),
    }),
    ...(column.items !== null && { items: printOdcsColumn(column.items, () => []) }),
  };
}

/** A column of the short form. What ODCS has no key for goes to our custom property. */
export function printShortColumn(column: ContractColumn): JsonObject {
  const { oneOf } = column.constraints;
  const restricted = column.pii !== false && column.classification === null;
  const tagged = column.pii !== false && !column.tags.includes(`pii:${column.pii}`);
  // Other types have no such options in ODCS.
  const formatted = column.logicalType === 'string' || column.logicalType === null;
  const {
    logicalTypeOptions,
    tags: _,
    ...fields
  } = printColumnFields(formatted ? column : { ...column, format: null });
  const tags = [...column.tags, ...(tagged ? [`pii:${column.pii}`] : [])];
  const options = column.logicalType === null ? undefined : logicalTypeOptions;
  return {
    ...fields,
    ...(options !== undefined && { logicalTypeOptions: options }),
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
      format: formatted ? null : column.format,
      options: options === undefined ? (logicalTypeOptions ?? null) : null,
      added: [...(restricted ? ['classification'] : []), ...(tagged ? ['tags'] : [])],
    }),
  };
}
