import type { FactKey } from '#model/measurement.ts';

import { impossible } from '../impossible.ts';
import { type Fact, parseFactKey } from './fact-key.ts';
import { type Dialect, DIALECTS, type DialectName } from './dialects.ts';

/**
 * The SQL of one fact as a scalar aggregate, to stand in a select list over the candidate; null for a fact
 * that no query over rows can answer (size_bytes, file_count). Column names reach the text through the
 * dialect's quoting only. Throws a TypeError for a text that is no fact key: keys are made by `factKey`.
 */
export function factToSql(key: FactKey, dialect: DialectName): string | null {
  const fact = parseFactKey(key);
  if (fact === null) throw new TypeError(`"${key}" is not a fact key`);
  return aggregate(fact, DIALECTS[dialect]);
}

/**
 * A select list by fact key for all facts that a query over rows can answer: every check of a contract is
 * answered by one statement over one snapshot.
 */
export function compileFacts(facts: Iterable<FactKey>, dialect: DialectName): Map<FactKey, string> {
  const compiled = new Map<FactKey, string>();
  for (const key of facts) {
    const text = factToSql(key, dialect);
    if (text !== null) compiled.set(key, text);
  }
  return compiled;
}

function aggregate(fact: Fact, dialect: Dialect): string | null {
  const columns = fact.columns.map((column) => dialect.quoteIdentifier(column));
  const [column = ''] = columns;
  switch (fact.metric) {
    case 'row_count':
      return 'count(*)';
    case 'null_count':
      return dialect.countWhere(`${column} is null`);
    case 'count':
      return `count(${column})`;
    case 'distinct_count':
      return `count(distinct ${column})`;
    case 'duplicate_count':
      return dialect.countDuplicates(columns);
    case 'sum':
    case 'min':
    case 'max':
      return dialect.toDouble(`${fact.metric}(${column})`);
    case 'size_bytes':
    case 'file_count':
      return null;
    default:
      return impossible(fact.metric);
  }
}
