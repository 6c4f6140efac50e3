import type { Fact, FactMetric } from '#model/fact.ts';

import { FACT_ARGUMENTS } from './fact-arguments.ts';
import { parseLiterals, parseOwnColumns, parseTable } from './parse-names.ts';
import { parseNumber } from './parse-number.ts';
import { parseScope } from './parse-scope.ts';
import type { TokenReader } from './tokens.ts';

type Inside = Partial<
  Pick<Fact, 'columns' | 'predicate' | 'quantile' | 'values' | 'other' | 'query' | 'step'>
>;

const NOTHING = {
  columns: [],
  predicate: null,
  quantile: null,
  values: null,
  other: null,
  query: null,
  step: null,
};
const KEY = 'This is no fact key.';

/** fact = metric ["(" arguments ")"] ["of" table] ["where" predicate] ["on" scope] ["per" column] */
export function parseFact(reader: TokenReader): Fact {
  const metric = reader.advance().text;
  if (!isFactMetric(metric)) return reader.fail('a fact', KEY);
  const inside: Inside = FACT_ARGUMENTS[metric] === 'none' ? {} : parseInside(reader, metric);
  const table = reader.takeWord('of') ? parseTable(reader) : null;
  const where = reader.takeWord('where') ? reader.predicate(0) : null;
  const scope = reader.takeWord('on') ? parseScope(reader).scope : ({ type: 'partition' } as const);
  const per = reader.takeWord('per') ? nameHere(reader) : null;
  if (reader.current.kind !== 'end') reader.fail('the end of the key', KEY);
  return { ...NOTHING, ...inside, metric, table, where, scope, per };
}

function isFactMetric(name: string): name is FactMetric {
  return Object.hasOwn(FACT_ARGUMENTS, name);
}

function parseInside(reader: TokenReader, metric: FactMetric): Inside {
  reader.expectSymbol('(', KEY);
  const inside = parseArguments(reader, metric);
  reader.expectSymbol(')', KEY);
  return inside;
}

function parseArguments(reader: TokenReader, metric: FactMetric): Inside {
  switch (FACT_ARGUMENTS[metric]) {
    case 'predicate':
      return { predicate: reader.predicate(1) };
    case 'query':
      return { query: reader.current.kind === 'text' ? reader.advance().text : reader.fail('a query', KEY) };
    case 'columns':
      return { columns: namesHere(reader) };
    case 'steps':
      return parseSteps(reader);
    case 'pair':
      return { columns: [nameHere(reader), (reader.expectSymbol(',', KEY), nameHere(reader))] };
    case 'reference':
      return parseOther(reader, 'references');
    case 'comparison':
      return parseOther(reader, 'equals');
    default: {
      const columns = [nameHere(reader)];
      return { columns, ...parseSecond(reader, metric) };
    }
  }
}

/** What follows the column. */
function parseSecond(reader: TokenReader, metric: FactMetric): Inside {
  const takes = FACT_ARGUMENTS[metric];
  if (takes === 'column') return {};
  reader.expectSymbol(',', KEY);
  if (takes === 'quantile') return { quantile: parseNumber(reader).value };
  if (takes === 'sentinels') return { values: parseLiterals(reader).values };
  const step = (['hour', 'day', 'week', 'month'] as const).find((word) => reader.takeWord(word));
  return { step: step ?? reader.fail('a step', KEY) };
}

function parseSteps(reader: TokenReader): Inside {
  const columns = [nameHere(reader)];
  while (reader.takeSymbol(',')) {
    if (reader.isSymbol('[')) return { columns, values: parseLiterals(reader).values };
    columns.push(nameHere(reader));
  }
  return reader.fail('a step', KEY);
}

function parseOther(reader: TokenReader, word: 'references' | 'equals'): Inside {
  const columns = namesHere(reader);
  reader.expectWord(word, KEY);
  const table = parseTable(reader);
  const others = parseOwnColumns(reader, word).names;
  const compared = reader.takeWord('comparing') ? parseOwnColumns(reader, 'comparing').names : [];
  const tolerance = reader.takeWord('within') ? parseNumber(reader).value : null;
  return { columns, other: { table, columns: others, compared, tolerance } };
}

function nameHere(reader: TokenReader): string {
  return (reader.takeName() ?? reader.fail('a column name', KEY)).text;
}

function namesHere(reader: TokenReader): readonly string[] {
  const names = [nameHere(reader)];
  while (reader.takeSymbol(',')) names.push(nameHere(reader));
  return names;
}
