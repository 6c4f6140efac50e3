import type { SourcePosition } from './contract-check.ts';
import type { Json, JsonObject } from './json.ts';

/** The logical types of ODCS 3.1 (schema.md). */
export type LogicalType =
  | 'string'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'number'
  | 'integer'
  | 'object'
  | 'array'
  | 'boolean';

/** What the values of a column may be; null where nothing is promised. Nulls are not their business. */
export interface ColumnConstraints {
  /** A number, or for times a text as the author wrote it (`2020-01-01`). Ends are included. */
  readonly minimum: number | string | null;
  readonly maximum: number | string | null;
  readonly exclusiveMinimum: number | string | null;
  readonly exclusiveMaximum: number | string | null;
  readonly multipleOf: number | null;
  /** In characters. */
  readonly minLength: number | null;
  readonly maxLength: number | null;
  /** Found anywhere in the value unless anchored. */
  readonly pattern: string | null;
  /** The allowed values. */
  readonly oneOf: readonly (string | number | boolean)[] | null;
}

/** A foreign key. */
export interface Relationship {
  /** Columns of this dataset. */
  readonly columns: readonly string[];
  /** The other dataset as the contract names it: `dim.users`. */
  readonly table: string;
  readonly otherColumns: readonly string[];
  /** True when a check of this contract holds the data to it. */
  readonly enforced: boolean;
  readonly position: SourcePosition;
  readonly carried: JsonObject;
}

export interface ContractColumn {
  readonly name: string;
  /** The type as written: the short form's, else ODCS's physical type, else its logical one; '' when none is stated. */
  readonly type: string;
  readonly logicalType: LogicalType | null;
  readonly physicalType: string | null;
  /** The name in the table, where it is another than the contract's. */
  readonly physicalName: string | null;
  readonly businessName: string | null;
  readonly primaryKey: boolean;
  /** 1-based place in the primary key; null when the order of the columns decides, or it is no part of it. */
  readonly primaryKeyPosition: number | null;
  readonly partitioned: boolean;
  /** 1-based place in the partition key; null when the order of the columns decides, or it is no part of it. */
  readonly partitionPosition: number | null;
  readonly required: boolean;
  readonly unique: boolean;
  /** false, or the kind of personal data (`email`); `true` in the file becomes `personal`. */
  readonly pii: string | false;
  /** `public`, `restricted`: the author's own words. */
  readonly classification: string | null;
  /** How readers see it: `sha256`, `redact`. */
  readonly masking: string | null;
  /** The column that holds the encrypted value. */
  readonly encryptedName: string | null;
  /** ODCS criticalDataElement. */
  readonly critical: boolean;
  /** How long it is kept, as written: `24 months`. */
  readonly retention: string | null;
  readonly constraints: ColumnConstraints;
  /** How values are written: `email`, `yyyy-MM-dd`, `i64`. */
  readonly format: string | null;
  /** Whether times carry their zone; null when not stated. */
  readonly zoned: boolean | null;
  /** The IANA zone of times that carry none. */
  readonly timezone: string | null;
  /** `kg`, `seconds`. */
  readonly unit: string | null;
  /** ISO 4217: `EUR`. */
  readonly currency: string | null;
  readonly encoding: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly examples: readonly Json[];
  /** Of an object. */
  readonly properties: readonly ContractColumn[];
  /** Of an array; its name is ''. */
  readonly items: ContractColumn | null;
  readonly relationships: readonly Relationship[];
  readonly position: SourcePosition;
  /** What was stated and has no field here. */
  readonly carried: JsonObject;
}

/** A column that promises nothing about its values. */
export const NO_CONSTRAINTS: ColumnConstraints = {
  minimum: null,
  maximum: null,
  exclusiveMinimum: null,
  exclusiveMaximum: null,
  multipleOf: null,
  minLength: null,
  maxLength: null,
  pattern: null,
  oneOf: null,
};
