import { NO_CONSTRAINTS } from '#model/contract-column.ts';
import type { ContractColumn } from '#model/contract.ts';

/** A column of which nothing but name, type and place is stated. */
export const PLAIN_COLUMN: Omit<ContractColumn, 'name' | 'type' | 'position'> = {
  logicalType: null,
  physicalType: null,
  physicalName: null,
  businessName: null,
  primaryKey: false,
  primaryKeyPosition: null,
  partitioned: false,
  partitionPosition: null,
  required: false,
  unique: false,
  pii: false,
  classification: null,
  masking: null,
  encryptedName: null,
  critical: false,
  retention: null,
  constraints: NO_CONSTRAINTS,
  format: null,
  zoned: null,
  timezone: null,
  unit: null,
  currency: null,
  encoding: null,
  description: null,
  tags: [],
  examples: [],
  properties: [],
  items: null,
  relationships: [],
  carried: {},
};

/** The name in the table: what SQL and measurements call the column. */
export function tableName({ physicalName, name }: ContractColumn): string {
  return physicalName ?? name;
}
