import { createHash } from 'node:crypto';
import type { Fact } from '#model/fact.ts';
import type { PlannedStatement, TableDescription } from '#model/measure-plan.ts';
import type { FactKey } from '#model/measurement.ts';
import type { DialectName } from '#model/ports.ts';
import type { TableRef } from '#model/predicate.ts';

import { readsJson } from './asks-for-json.ts';
import { type CandidateTables, rowsElsewhere, rowsOfScope, type ScopedRows } from './candidate-rows.ts';
import { columnsOfFact } from './columns-of.ts';
import { guardCustomSql } from './custom-sql.ts';
import { DIALECTS } from './dialects.ts';
import { factSql } from './fact-sql.ts';
import { groupFault, groupLabel } from './group-column.ts';
import { columnValue } from './operand.ts';
import { differenceSql, orphanSql } from './other-table.ts';
import { partitionFilter } from './partition-filter.ts';
import { joined, orderedValue } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { repeatSql } from './repeats.ts';
import { isSubquery, needsSubquery } from './subqueries.ts';
import { type ColumnHints, rowContext, type TableRows } from './table-rows.ts';

/** What a plan is made from. */
export interface PlanRequest {
  readonly facts: ReadonlyMap<FactKey, Fact>;
  /** Facts that are known already, with the trust of their source (MEASUREMENT_SOURCES). */
  readonly known: ReadonlyMap<FactKey, number>;
  /** What a known fact must be trusted to stand in for a query. */
  readonly trustAtLeast: number;
  readonly candidate: CandidateTables;
  /** Other tables by their names in the contract, parts joined by dots; null: the warehouse has none such. */
  readonly tables: ReadonlyMap<string, TableDescription | null>;
  readonly dialect: DialectName;
  /** What the contract knows of the candidate's columns and the catalogue does not. */
  readonly hints?: ColumnHints;
  readonly now: Date;
  /** Longest time of one statement. */
  readonly seconds: number;
  /** Most values of the column of a `per`. */
  readonly groups: number;
}

export interface Plan {
  readonly statements: readonly PlannedStatement[];
  /** Facts that cannot be compiled, with the reason and the mend. */
  readonly refused: ReadonlyMap<FactKey, string>;
}

export const TIME_LIMIT_SECONDS = 120;
export const MOST_GROUPS = 1000;

/**
 * The statements that answer facts: one for all facts about the candidate's rows (scopes that reach beyond them
 * share one more when the candidate lies in a table of its own), one for its keys elsewhere in the published
 * table, one per other table, one per column of a `per`,
 * one per query of an author's. Facts that are known, or that no row can tell, cost no statement.
 */
export function planQueries(request: PlanRequest): Plan {
  const plan = new PlanBuilder(request);
  for (const [key, fact] of request.facts) {
    const trust = request.known.get(key);
    if (trust !== undefined && trust >= request.trustAtLeast) continue;
    if (isOfRows(fact) || (request.candidate.whole && isOfTable(fact, request.dialect))) plan.add(key, fact);
  }
  return plan.finish();
}

/** Known from rows. Others are stated by the run that wrote the data, or told by a catalogue. */
export function isOfRows({ metric }: Pick<Fact, 'metric'>): boolean {
  return metric !== 'size_bytes' && metric !== 'file_count';
}

/** Not known from rows, but told by this engine of a table as a whole. */
export function isOfTable({ metric }: Pick<Fact, 'metric'>, dialect: DialectName): boolean {
  return metric === 'size_bytes' && DIALECTS[dialect].tableBytes !== null;
}

/** Stands for a plan where decisions are explained and repeated: equal for equal statements. */
export function planHash(statements: readonly PlannedStatement[]): string {
  const text = JSON.stringify(
    statements
      .flatMap(({ items, tail, groups }) =>
        items.map(({ key, sql }) => [key, sql, tail, groups?.label ?? '']),
      )
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );
  return createHash('sha256').update(text).digest('hex');
}

interface Bucket {
  readonly about: string;
  readonly facts: [FactKey, Fact][];
}

class PlanBuilder {
  readonly #request: PlanRequest;
  readonly #statements: PlannedStatement[] = [];
  readonly #refused = new Map<FactKey, string>();
  /** Facts of the candidate's rows and of wider scopes, by the column of a `per`. */
  readonly #own = new Map<string | null, Bucket>();
  /** Those that an older version of the engine may refuse: the others do not fall with them. */
  readonly #apart = new Map<string | null, Bucket>();
  readonly #others = new Map<string, Bucket>();
  readonly #custom: [FactKey, Fact][] = [];
  readonly #repeats: [FactKey, Fact][] = [];

  constructor(request: PlanRequest) {
    this.#request = request;
  }

  add(key: FactKey, fact: Fact): void {
    const other = fact.other?.table ?? fact.table;
    if (fact.metric === 'repeat_count') this.#repeats.push([key, fact]);
    else if (fact.metric === 'custom_sql') this.#custom.push([key, fact]);
    else if (other !== null) put(this.#others, nameOf(other), key, fact);
    else put(readsJson(fact) ? this.#apart : this.#own, fact.per, key, fact);
  }

  finish(): Plan {
    const elsewhere = this.#repeatsAdded();
    for (const bucket of [this.#own, this.#apart])
      for (const [per, { facts }] of bucket) this.#ownRows(per, facts);
    for (const [name, { facts }] of this.#others) this.#otherTable(name, facts);
    for (const [key, fact] of this.#custom)
      this.#try(key, () => this.#statements.push(this.#query(key, fact)));
    if (elsewhere !== null) this.#statements.push(elsewhere);
    return { statements: this.#statements, refused: this.#refused };
  }

  /** One statement that looks up the candidate's keys elsewhere in the table; without such rows they are its own. */
  #repeatsAdded(): PlannedStatement | null {
    const { candidate, dialect, now, hints = new Map() } = this.#request;
    const items: { key: FactKey; sql: string }[] = [];
    let about = candidate.table.name;
    for (const [key, fact] of this.#repeats) {
      this.#try(key, () => {
        const elsewhere = rowsElsewhere(candidate, dialect, { now, hints });
        if (elsewhere === null) {
          put(this.#own, null, key, { ...fact, metric: 'duplicate_count', scope: { type: 'partition' } });
          return;
        }
        about = elsewhere.name;
        const rows = this.#rows({ ...fact, scope: { type: 'partition' } }, fact.columns);
        items.push({ key, sql: repeatSql(fact, rows, elsewhere) });
      });
    }
    return items.length === 0 ? null : this.#statement(about, items, '', {});
  }

  /** Statements for facts about the candidate and wider scopes: one for each source of rows. */
  #ownRows(per: string | null, facts: readonly [FactKey, Fact][]): void {
    const columns = [...new Set(facts.flatMap(([, fact]) => columnsOfFact(fact)))];
    const sources = new Map<
      string,
      { rows: ScopedRows; facts: { key: FactKey; fact: Fact; rows: ScopedRows }[] }
    >();
    const known = this.#columnsThatExist(columns);
    for (const [key, fact] of facts) {
      this.#try(key, () => {
        const rows = this.#rows(fact, known);
        // Values that occur in a wider scope alone are no groups of the narrower one.
        const name = per === null ? rows.from : `${rows.from} ${rows.where}`;
        const source = sources.get(name) ?? { rows, facts: [] };
        source.facts.push({ key, fact, rows });
        sources.set(name, source);
      });
    }
    for (const source of sources.values()) this.#ownStatement(per, source.rows, source.facts);
  }

  #ownStatement(
    per: string | null,
    source: ScopedRows,
    facts: readonly { readonly key: FactKey; readonly fact: Fact; readonly rows: ScopedRows }[],
  ): void {
    const wheres = new Set(facts.map(({ rows }) => rows.where));
    // Rows that no fact looks at are left unread: the partition alone, or the partitions of the widest scope.
    const read = wheres.has(null) ? null : joined([...wheres].map(String), 'or');
    const alone = wheres.size === 1;
    const items: { key: FactKey; sql: string }[] = [];
    for (const { key, fact, rows } of facts) {
      this.#try(key, () => {
        // A subquery reads the same rows anew, so it needs the scope even where the statement has it already.
        const simple = { ...rows, scope: alone && !needsSubquery(fact) ? null : rows.scope };
        items.push({ key, sql: factSql(fact, simple, per !== null) });
      });
    }
    if (items.length === 0) return;
    const where = read === null ? '' : ` where ${read}`;
    if (per === null) {
      const { from, name, candidate } = source;
      // Subqueries alone would be answered once for each row, and for no row not at all.
      if (facts.every(({ fact }) => isSubquery(fact, this.#request.dialect))) {
        this.#statements.push(this.#statement(name, items, '', {}));
        return;
      }
      this.#statements.push(
        this.#statement(name, items, `from ${from}${where}`, { candidate: candidate && read === null }),
      );
      return;
    }
    for (const { key } of items) {
      const refused = groupFault(source, per);
      if (refused !== null) this.#refused.set(key, refused);
    }
    if (items.every(({ key }) => this.#refused.has(key))) return;
    const value = orderedValue(source.context, columnValue(source.context, per));
    const limit = this.#request.groups;
    const tail = `from ${source.from}${where} group by ${value} limit ${limit + 1}`;
    const groups = {
      column: per,
      label: `min(${groupLabel(source, per)})`,
      limit,
    };
    this.#statements.push(this.#statement(`${source.name} per ${per}`, items, tail, { groups }));
  }

  #otherTable(name: string, facts: readonly [FactKey, Fact][]): void {
    const table = this.#request.tables.get(name) ?? null;
    if (table === null) {
      for (const [key] of facts)
        this.#refused.set(
          key,
          `There is no table ${name} here, or this role may not read it. Check its name and the grants.`,
        );
      return;
    }
    const items: { key: FactKey; sql: string }[] = [];
    let reads = false;
    for (const [key, fact] of facts) {
      this.#try(key, () => {
        const sql =
          fact.metric === 'orphan_count'
            ? orphanSql(fact, this.#rows(fact, columnsOfFact(fact)), this.#other(table, null))
            : fact.metric === 'difference_count'
              ? differenceSql(fact, this.#rows(fact, columnsOfFact(fact)), this.#other(table, fact))
              : this.#ofTable(fact, table);
        reads ||= fact.other === null;
        items.push({ key, sql });
      });
    }
    if (items.length === 0) return;
    this.#statements.push(this.#statement(table.name, items, reads ? `from ${table.from} as c` : '', {}));
  }

  #ofTable(fact: Fact, table: TableDescription): string {
    if (fact.per !== null)
      throw new SqlRefusal('Another table is not measured per value of a column', 'Leave "per" out.');
    return factSql(fact, this.#other(table, fact), false);
  }

  /** The other table: the same partition of it where it has the partition's columns, else all of it. */
  #other(table: TableDescription, fact: Fact | null): TableRows {
    const { dialect, now, candidate } = this.#request;
    const context = rowContext(dialect, table, now);
    const names = new Set(table.columns.map((column) => column.name));
    const { partition } = candidate;
    const same =
      fact?.scope.type === 'partition' &&
      partition.length > 0 &&
      partition.every(([column]) => names.has(column));
    return {
      context,
      from: `${table.from} as c`,
      name: table.name,
      scope: same ? partitionFilter(context, partition) : null,
    };
  }

  #query(key: FactKey, fact: Fact): PlannedStatement {
    const rows = this.#rows(fact, []);
    const { dialect: name, candidate } = this.#request;
    const [column] = fact.columns;
    const text = guardCustomSql(fact.query ?? '', name, {
      dataset: candidate.table.from,
      partition:
        candidate.whole || candidate.partition.length === 0
          ? '(1 = 1)'
          : partitionFilter(rows.context, candidate.partition),
      column: column === undefined ? null : rows.context.column(column).sql,
    });
    return this.#statement('the query of a check', [{ key, sql: 'q' }], `from (${text}\n) as q limit 2`, {
      custom: true,
    });
  }

  #rows(fact: Fact, columns: readonly string[]): ScopedRows {
    const { candidate, dialect, now, hints = new Map() } = this.#request;
    return rowsOfScope(fact.scope, candidate, dialect, { now, hints, columns });
  }

  #columnsThatExist(columns: readonly string[]): string[] {
    const { candidate, dialect, now, hints } = this.#request;
    const contexts = [candidate.table, ...(candidate.target === null ? [] : [candidate.target])].map(
      (table) => rowContext(dialect, table, now, hints),
    );
    return columns.filter((name) =>
      contexts.every((context) => {
        try {
          context.column(name);
          return true;
        } catch (error) {
          if (error instanceof SqlRefusal) return false;
          throw error;
        }
      }),
    );
  }

  #statement(
    about: string,
    items: PlannedStatement['items'],
    tail: string,
    {
      candidate = false,
      groups = null,
      custom = false,
    }: Partial<Pick<PlannedStatement, 'candidate' | 'groups' | 'custom'>>,
  ): PlannedStatement {
    const dialect = DIALECTS[this.#request.dialect];
    const limit = { seconds: this.#request.seconds };
    const end = dialect.tail(limit);
    const whole = [tail, end].filter((part) => part !== '').join(' ');
    return { about, head: dialect.head(limit), items, tail: whole, candidate, groups, custom };
  }

  #try(key: FactKey, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      this.#refused.set(key, error.text);
    }
  }
}

function put<K>(buckets: Map<K, Bucket>, name: K, key: FactKey, fact: Fact): void {
  const bucket = buckets.get(name) ?? { about: String(name), facts: [] };
  bucket.facts.push([key, fact]);
  buckets.set(name, bucket);
}

/** How a plan calls another table: its parts joined by dots. */
export function nameOf(table: TableRef): string {
  return table.parts.join('.');
}
