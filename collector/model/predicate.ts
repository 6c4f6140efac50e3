/** What is said of single rows, and the words that conditions and facts share. */

/** A place in the check's text: 0-based offset and length in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type Scope =
  | { readonly type: 'partition' }
  | { readonly type: 'table' }
  /** The candidate's partition and the n - 1 closed ones before it. */
  | { readonly type: 'last'; readonly partitions: number };

/** A column of the candidate, or of another table when `table` is set. */
export interface ColumnRef {
  readonly name: string;
  readonly table: TableRef | null;
  readonly span: Span;
}

/** Another dataset as the contract names it: `bronze.orders`, one to three parts. */
export interface TableRef {
  readonly parts: readonly string[];
  readonly span: Span;
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Literal =
  | { readonly type: 'number'; readonly value: number; readonly span: Span }
  | { readonly type: 'text'; readonly value: string; readonly span: Span }
  | { readonly type: 'boolean'; readonly value: boolean; readonly span: Span };

/** A value of one row. */
export type Operand =
  | { readonly type: 'column'; readonly column: ColumnRef; readonly span: Span }
  | Literal
  /** `date '2026-01-31'`, `timestamp '2026-01-31T10:00:00Z'`. */
  | { readonly type: 'date' | 'timestamp'; readonly value: string; readonly span: Span }
  /** The time of evaluation, bound as a parameter: never the engine's clock. */
  | { readonly type: 'now'; readonly span: Span }
  | { readonly type: 'length'; readonly of: Operand; readonly span: Span }
  /**
   * `json_value(payload, '$.a[0]')`: the text of a scalar at a path in a text of JSON; `json_number`: the number there.
   * Null where there is none such. Steps are names of members and places of elements.
   */
  | {
      readonly type: 'json_value' | 'json_number';
      readonly of: Operand;
      readonly path: readonly (string | number)[];
      readonly span: Span;
    }
  | { readonly type: 'lower' | 'upper' | 'trim' | 'abs'; readonly of: Operand; readonly span: Span }
  | {
      readonly type: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Operand;
      readonly right: Operand;
      readonly span: Span;
    };

/** Named formats, each with one portable definition in rules/. */
export type FormatName =
  | 'email'
  | 'uuid'
  | 'ipv4'
  | 'ipv6'
  | 'url'
  | 'hostname'
  | 'iso_date'
  | 'iso_timestamp'
  | 'iso_country'
  | 'iso_currency'
  | 'phone'
  | 'credit_card'
  | 'integer'
  | 'decimal'
  | 'hex'
  | 'slug';

/** What a text can be read as: a value of that kind, by the rules of rules/expression/parseable.ts. */
export type ParseableAs = 'number' | 'integer' | 'boolean' | 'date' | 'timestamp' | 'uuid' | 'json';

/** A place on the Earth in degrees: -90 to 90, -180 to 180. */
export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

/** What is true, false or unknown (null) of one row, in SQL's three-valued logic. */
export type Predicate =
  | { readonly type: 'and' | 'or'; readonly predicates: readonly Predicate[]; readonly span: Span }
  | { readonly type: 'not'; readonly predicate: Predicate; readonly span: Span }
  | {
      readonly type: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Operand;
      readonly right: Operand;
      readonly span: Span;
    }
  | {
      readonly type: 'between';
      readonly negated: boolean;
      readonly operand: Operand;
      readonly low: Operand;
      readonly high: Operand;
      readonly lowOpen: boolean;
      readonly highOpen: boolean;
      readonly span: Span;
    }
  | {
      readonly type: 'in';
      readonly negated: boolean;
      readonly operand: Operand;
      readonly values: readonly Literal[];
      readonly span: Span;
    }
  | {
      readonly type: 'matches';
      readonly negated: boolean;
      readonly operand: Operand;
      /** The portable subset of rules/regex; found anywhere in the value unless anchored. */
      readonly pattern: string;
      readonly span: Span;
    }
  | {
      readonly type: 'matches_schema';
      readonly negated: boolean;
      readonly operand: Operand;
      /** A JSON Schema of the keywords of rules/json/schema.ts, as JSON without spaces. */
      readonly schema: string;
      readonly span: Span;
    }
  | {
      readonly type: 'like';
      readonly negated: boolean;
      readonly operand: Operand;
      readonly pattern: string;
      readonly span: Span;
    }
  | { readonly type: 'is_null'; readonly negated: boolean; readonly operand: Operand; readonly span: Span }
  | {
      readonly type: 'is_format';
      readonly negated: boolean;
      readonly operand: Operand;
      readonly format: FormatName;
      readonly span: Span;
    }
  | {
      /** `within_radius(lat, lon, 52.52, 13.40, 25 km)`: at most so far, on a sphere; false for what is no place. */
      readonly type: 'within_radius';
      readonly latitude: Operand;
      readonly longitude: Operand;
      readonly centre: GeoPoint;
      readonly kilometres: number;
      readonly span: Span;
    }
  | {
      /**
       * `inside_polygon(lat, lon, [[52.3, 13.1], [52.7, 13.1], [52.5, 13.8]])`: sides are straight on a map of degrees,
       * where they cross themselves every second part is inside. Sides in the south and west belong to it.
       */
      readonly type: 'inside_polygon';
      readonly latitude: Operand;
      readonly longitude: Operand;
      /** At least three; the last is joined to the first. */
      readonly corners: readonly GeoPoint[];
      readonly span: Span;
    }
  | {
      readonly type: 'is_parseable';
      readonly negated: boolean;
      readonly operand: Operand;
      readonly as: ParseableAs;
      /** How dates and timestamps are written (`%d.%m.%Y`); null: as ISO 8601 has them. */
      readonly pattern: string | null;
      readonly span: Span;
    };
