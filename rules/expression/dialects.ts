/** What differs between the SQL of the systems that hold candidates. One entry per system. */
export interface Dialect {
  /** Quotes one column name; the only way in which a name reaches a statement. */
  quoteIdentifier(name: string): string;
  /** Counts the rows for which a condition holds. */
  countWhere(condition: string): string;
  /**
   * Rows beyond the first of each set of equal values, over rows without a null among the columns
   * (`columns` are quoted, at least one).
   */
  countDuplicates(columns: readonly string[]): string;
  /** Casts an aggregate to a double, so that every driver gives a plain number. */
  toDouble(expression: string): string;
}

const postgres: Dialect = {
  quoteIdentifier: (name) => {
    // Postgres cannot store a zero byte, and an empty name is no name: such a text was never a column.
    if (name === '' || name.includes('\0'))
      throw new TypeError('A column name is empty or contains a zero byte');
    return `"${name.replaceAll('"', '""')}"`;
  },
  countWhere: (condition) => `count(*) filter (where ${condition})`,
  countDuplicates: (columns) => {
    const [column] = columns;
    if (columns.length === 1 && column !== undefined) return `count(${column}) - count(distinct ${column})`;
    const complete = `filter (where ${columns.map((name) => `${name} is not null`).join(' and ')})`;
    return `count(*) ${complete} - count(distinct (${columns.join(', ')})) ${complete}`;
  },
  toDouble: (expression) => `(${expression})::double precision`,
};

/** The table of dialects. A warehouse adapter names its own in `Warehouse.dialect`. */
export const DIALECTS = { postgres } as const satisfies Readonly<Record<string, Dialect>>;

export type DialectName = keyof typeof DIALECTS;
