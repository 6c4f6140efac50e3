import type { FactMetric } from '#model/fact.ts';
import type { MetricCall } from '#model/expression.ts';
import type { TableRef } from '#model/predicate.ts';

import { impossible } from '../impossible.ts';
import {
  allNull,
  contradiction,
  EMPTY,
  FactReader,
  type FactView,
  missing,
  type TermValue,
  valued,
} from './fact-view.ts';
import { type NeededFact, factAt, type Place, ROWS, rowsAt } from './needed-fact.ts';
import { printTable } from './print-names.ts';
import { printPredicate } from './print-predicate.ts';
import { tested, valuesIn } from './value-counts.ts';

/** A number that can be read of a partition, and the facts that it stands on. */
export interface Measure {
  readonly facts: readonly NeededFact[];
  readonly read: (view: FactView) => TermValue;
}

type ReadMetric = (reader: FactReader, rows: number | null) => TermValue;

/** What is known of a metric before anything is measured. */
interface Recipe {
  readonly facts: readonly NeededFact[];
  readonly read: ReadMetric;
}

/** A metric of the rows of a place; ratios and means are derived from facts when read. */
export function measureOf(call: MetricCall, at: Place): Measure {
  const table = call.table ?? call.columns[0]?.table ?? null;
  const place: Place = table === null ? at : { ...at, table };
  const rows = rowsAt(place);
  const recipe = recipeOf(call, place, rows);
  if (isOfTheWhole(call)) return { facts: recipe.facts, read: (view) => readAlone(recipe, view) };
  const facts = [...(table === null ? [ROWS] : []), rows, ...recipe.facts];
  return { facts, read: (view) => readOfRows(recipe, view, rows, place) };
}

/** Metrics that an empty partition has as well. */
function isOfTheWhole({ metric }: MetricCall): boolean {
  return (
    metric === 'row_count' || metric === 'size_bytes' || metric === 'file_count' || metric === 'column_count'
  );
}

function readAlone({ read }: Recipe, view: FactView): TermValue {
  const reader = new FactReader(view);
  const value = read(reader, null);
  return reader.problem ?? value;
}

/** Nothing has percentages, sums or repeats where there are no rows. */
function readOfRows({ read }: Recipe, view: FactView, rowsFact: NeededFact, place: Place): TermValue {
  const reader = new FactReader(view);
  if (place.table === null && rowsFact !== ROWS && reader.read(ROWS) === 0) return EMPTY;
  const rows = reader.read(rowsFact);
  if (reader.problem !== null) return reader.problem;
  if (rows === 0) return nothingOf(place);
  const value = read(reader, rows);
  return reader.problem ?? value;
}

function nothingOf({ table, where }: Place): TermValue {
  if (where !== null)
    return { status: 'no_data', cause: 'none_selected', reason: `no row fulfils ${printPredicate(where)}` };
  return table === null ? EMPTY : emptyTable(table);
}

function emptyTable(table: TableRef): TermValue {
  return { status: 'no_data', cause: 'none_selected', reason: `${printTable(table)} is empty` };
}

function recipeOf(call: MetricCall, place: Place, rows: NeededFact): Recipe {
  const columns = call.columns.map(({ name }) => name);
  const fact = (metric: FactMetric, more = {}): NeededFact => factAt(place, metric, columns, more);
  switch (call.metric) {
    case 'row_count':
      return counted(rows);
    case 'size_bytes':
    case 'file_count':
      return counted(fact(call.metric));
    case 'column_count':
      return {
        facts: [],
        read: ({ view }) =>
          view.columnCount === null
            ? { status: 'no_data', cause: 'missing', reason: 'the columns are not known' }
            : valued(view.columnCount),
      };
    case 'null_count':
    case 'empty_count':
    case 'distinct_count':
    case 'approx_distinct_count':
    case 'duplicate_count':
    case 'duplicated_rows':
      return counted(fact(call.metric));
    case 'null_percentage':
    case 'missing_count':
    case 'missing_percentage':
      return missingRows(call, place, columns);
    case 'count': {
      const values = valuesIn(place, columns, rows);
      return { facts: values.facts, read: (reader) => values.read(reader) };
    }
    case 'min':
    case 'max':
    case 'sum':
    case 'stddev':
    case 'min_length':
    case 'max_length':
      return aggregate(fact(call.metric), place, columns, rows);
    case 'variance':
      return mapped(aggregate(fact('stddev'), place, columns, rows), (deviation) => deviation * deviation);
    case 'median':
    case 'quantile':
      return aggregate(fact('quantile', { quantile: call.quantile ?? 0.5 }), place, columns, rows);
    case 'range':
      return combined(fact('max'), fact('min'), place, columns, rows);
    case 'iqr': {
      const quantile = (share: number): NeededFact => fact('quantile', { quantile: share });
      return combined(quantile(0.75), quantile(0.25), place, columns, rows);
    }
    case 'skew':
    case 'kurtosis':
    case 'correlation':
      return shapeOf(fact(call.metric), place, columns, rows);
    case 'entropy':
    case 'mutual_information':
      return aggregate(fact(call.metric), place, columns, rows);
    case 'max_z_score':
      return farthest(place, columns, rows);
    case 'outlier_count':
      return counted(fact('outlier_count', { values: call.values }));
    case 'outlier_percentage':
      return shareOfValues(fact('outlier_count', { values: call.values }), place, columns, rows);
    case 'casing_variants':
      return combined(fact('distinct_count'), fact('folded_count'), place, columns, rows);
    case 'avg':
      return average(fact('sum'), place, columns, rows);
    case 'avg_length':
      return average(fact('sum_length'), place, columns, rows);
    case 'distinct_percentage':
      return shareOfValues(fact('distinct_count'), place, columns, rows);
    case 'duplicate_percentage':
      return shareOfValues(fact('duplicate_count'), place, columns, rows);
    case 'invalid_count':
    case 'invalid_percentage':
      return invalidRows(call, place);
    case 'freshness':
      return aged(aggregate(fact('max'), place, columns, rows));
    case 'retention':
      return aged(aggregate(fact('min'), place, columns, rows));
    case 'latency':
      return aggregate(fact('max_lag'), place, columns, rows);
    case 'update_interval':
      return aggregate(fact('max_gap'), place, columns, rows);
    default:
      return impossible(call.metric);
  }
}

function counted(fact: NeededFact): Recipe {
  return {
    facts: [fact],
    read: (reader) => {
      const value = reader.read(fact);
      return value === null ? missing(fact) : { status: 'value', value };
    },
  };
}

/** What one value alone does not have. */
const OF_TWO: Readonly<Partial<Record<FactMetric, string>>> = {
  stddev: 'one value has no deviation',
  max_gap: 'after one value comes no other',
};

/** A number that a column of nulls does not have. */
function aggregate(fact: NeededFact, place: Place, columns: readonly string[], rows: NeededFact): Recipe {
  const values = valuesIn(place, columns, rows);
  return {
    facts: [fact, ...values.facts],
    read: (reader) => {
      const value = reader.read(fact);
      if (value !== null) return { status: 'value', value };
      const count = values.known(reader);
      if (count === 0) return allNull(columns);
      const lone = count === 1 ? OF_TWO[fact.fact.metric] : undefined;
      return lone === undefined ? missing(fact) : { status: 'no_data', cause: 'all_null', reason: lone };
    },
  };
}

function mapped(recipe: Recipe, change: (value: number) => number): Recipe {
  return {
    facts: recipe.facts,
    read: (reader, rows) => {
      const found = recipe.read(reader, rows);
      return found.status === 'value' ? valued(change(found.value)) : found;
    },
  };
}

/** The first number less the second. */
function combined(
  first: NeededFact,
  second: NeededFact,
  place: Place,
  columns: readonly string[],
  rows: NeededFact,
): Recipe {
  const [one, other] = [first, second].map((fact) => aggregate(fact, place, columns, rows));
  return {
    facts: [...(one?.facts ?? []), ...(other?.facts ?? [])],
    read: (reader, count) => {
      const from = one?.read(reader, count) ?? missing(first);
      if (from.status !== 'value') return from;
      const less = other?.read(reader, count) ?? missing(second);
      return less.status === 'value' ? valued(from.value - less.value) : less;
    },
  };
}

/** Of values that are all equal nothing can be said. */
function shapeOf(fact: NeededFact, place: Place, columns: readonly string[], rows: NeededFact): Recipe {
  const recipe = aggregate(fact, place, columns, rows);
  const ends = columns.map((name) => [factAt(place, 'min', [name]), factAt(place, 'max', [name])] as const);
  return {
    facts: [...recipe.facts, ...ends.flat()],
    read: (reader, count) => {
      const found = recipe.read(reader, count);
      if (found.status !== 'no_data' || found.cause !== 'missing') return found;
      const still = columns.find((_, at) => {
        const [low, high] = ends[at] ?? [];
        const least = low === undefined ? null : reader.read(low);
        return least !== null && high !== undefined && reader.read(high) === least;
      });
      if (still === undefined) return found;
      return { status: 'no_data', cause: 'all_null', reason: `all values of ${still} are equal` };
    },
  };
}

/** How many deviations the value lies from the mean that lies farthest from it. */
function farthest(place: Place, columns: readonly string[], rows: NeededFact): Recipe {
  const mean = average(factAt(place, 'sum', columns), place, columns, rows);
  const [least, most, deviation] = (['min', 'max', 'stddev'] as const).map((metric) =>
    aggregate(factAt(place, metric, columns), place, columns, rows),
  );
  const parts = [mean, least, most, deviation].flatMap((part) => part ?? []);
  return {
    facts: parts.flatMap(({ facts }) => facts),
    read: (reader, count) => {
      const values: number[] = [];
      for (const part of parts) {
        const found = part.read(reader, count);
        if (found.status !== 'value') return found;
        values.push(found.value);
      }
      const [middle = 0, low = 0, high = 0, width = 0] = values;
      return valued(width === 0 ? 0 : Math.max(high - middle, middle - low) / width);
    },
  };
}

/** How long ago the time is that was found. */
function aged(recipe: Recipe): Recipe {
  return {
    facts: recipe.facts,
    read: (reader, rows) => {
      const found = recipe.read(reader, rows);
      const { now } = reader.view;
      if (found.status !== 'value') return found;
      if (now === null)
        return { status: 'no_data', cause: 'missing', reason: 'the time of evaluation is not known' };
      return valued(now.getTime() / 1000 - found.value);
    },
  };
}

function average(total: NeededFact, place: Place, columns: readonly string[], rows: NeededFact): Recipe {
  const values = valuesIn(place, columns, rows);
  return {
    facts: [total, ...values.facts],
    read: (reader) => {
      const known = values.known(reader);
      if (known === 0) return allNull(columns);
      const sum = reader.read(total);
      if (sum === null) return missing(total);
      const count = values.read(reader);
      return count.status === 'value' ? valued(sum / count.value) : count;
    },
  };
}

/** Of the rows that have all values: different ones and repeats add up to them. */
function shareOfValues(part: NeededFact, place: Place, columns: readonly string[], rows: NeededFact): Recipe {
  const values = valuesIn(place, columns, rows);
  return {
    facts: [part, ...values.facts],
    read: (reader) => {
      const count = values.read(reader);
      if (count.status !== 'value') return count;
      if (count.value === 0) return allNull(columns);
      const found = reader.read(part);
      if (found === null) return missing(part);
      return found > count.value
        ? contradiction(part.key, found, 'values', count.value)
        : valued(found / count.value);
    },
  };
}

function missingRows(call: MetricCall, place: Place, columns: readonly string[]): Recipe {
  const nulls = factAt(place, 'null_count', columns);
  const sentinels =
    call.values === null ? null : factAt(place, 'sentinel_count', columns, { values: call.values });
  const ratio = call.metric !== 'missing_count';
  return {
    facts: sentinels === null ? [nulls] : [nulls, sentinels],
    read: (reader, rows) => {
      const empty = reader.read(nulls);
      if (empty === null) return missing(nulls);
      const other = sentinels === null ? 0 : reader.read(sentinels);
      if (sentinels !== null && other === null) return missing(sentinels);
      const count = empty + (other ?? 0);
      if (!ratio) return valued(count);
      if (rows === null) return missing(rowsAt(place));
      return count > rows ? contradiction(nulls.key, count, 'row_count', rows) : valued(count / rows);
    },
  };
}

function invalidRows(call: MetricCall, place: Place): Recipe {
  if (call.predicate === null) throw new TypeError(`${call.metric} needs a predicate`);
  const rows = tested(call.predicate, place);
  return {
    facts: rows.facts,
    read: (reader, all) => {
      const found = rows.read(reader, all);
      if (found.status !== 'value') return found;
      if (call.metric === 'invalid_count') return valued(found.bad);
      return found.tested === 0
        ? { status: 'no_data', cause: 'all_null', reason: 'no row could be tested' }
        : valued(found.bad / found.tested);
    },
  };
}
