import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Fact } from '#model/fact.ts';
import type { Literal, Operand, ParseableAs, GeoPoint, Predicate } from '#model/predicate.ts';
import { parseRegex } from '#rules/regex/parse.ts';
import { testRegex } from '#rules/regex/match.ts';
import { formatPattern } from '#rules/sql/format-pattern.ts';

// What facts and conditions mean, said once more without SQL: rows in memory, values in TypeScript. Everything
// here is written plainly and slowly, because the engines are held to it.

export type Kind = 'integer' | 'decimal' | 'double' | 'text' | 'boolean' | 'date' | 'timestamp';

/** Dates are `2026-01-31`, timestamps `2026-01-31 10:00:00.000000` in UTC. */
export type Cell = number | string | boolean | null;

export interface Table {
  readonly columns: readonly { readonly name: string; readonly kind: Kind }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A value as it is compared: times are microseconds since 1970. */
type Value = {
  readonly group: 'number' | 'text' | 'boolean' | 'time';
  readonly value: number | string | boolean;
};

export function kindOf(table: Table, name: string): Kind {
  const column = table.columns.find((one) => one.name === name);
  if (!column) throw new Error(`no column ${name}`);
  return column.kind;
}

function valueOf(table: Table, row: readonly Cell[], name: string): Value | null {
  const index = table.columns.findIndex((column) => column.name === name);
  const cell = row[index] ?? null;
  return cell === null || Number.isNaN(cell) ? null : read(kindOf(table, name), cell);
}

function read(kind: Kind, cell: number | string | boolean): Value {
  if (kind === 'date') return { group: 'time', value: Date.parse(`${cell as string}T00:00:00Z`) * 1000 };
  if (kind === 'timestamp') return { group: 'time', value: microseconds(cell as string) };
  if (kind === 'text') return { group: 'text', value: cell };
  if (kind === 'boolean') return { group: 'boolean', value: cell };
  return { group: 'number', value: cell };
}

export function microseconds(text: string): number {
  const [whole = '', fraction = '0'] = text.replace('Z', '').replace('T', ' ').split('.');
  return Date.parse(`${whole.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}

type Context = { readonly table: Table; readonly row: readonly Cell[]; readonly now: Date };

function evaluate(context: Context, operand: Operand): Value | null {
  switch (operand.type) {
    case 'column':
      return valueOf(context.table, context.row, operand.column.name);
    case 'number':
    case 'text':
    case 'boolean':
      return { group: operand.type, value: operand.value };
    case 'date':
      return read('date', operand.value);
    case 'timestamp':
      return read('timestamp', operand.value);
    case 'now':
      return { group: 'time', value: context.now.getTime() * 1000 };
    case 'arithmetic': {
      const left = evaluate(context, operand.left);
      const right = evaluate(context, operand.right);
      if (left === null || right === null) return null;
      const [a, b] = [left.value as number, right.value as number];
      // Both are doubles of seconds before they are subtracted.
      if (left.group === 'time') return { group: 'number', value: a / 1e6 - b / 1e6 };
      if (operand.operator === '/' && b === 0) return null;
      const results = { '+': a + b, '-': a - b, '*': a * b, '/': a / b };
      return { group: 'number', value: results[operand.operator] };
    }
    default: {
      const of = evaluate(context, operand.of);
      if (of === null) return null;
      if (operand.type === 'abs') return { group: 'number', value: Math.abs(of.value as number) };
      const text = of.value as string;
      if (operand.type === 'json_value' || operand.type === 'json_number') {
        const found = operand.path.reduce<unknown>(
          (json, step) =>
            Array.isArray(json) === (typeof step === 'number') && typeof json === 'object' && json !== null
              ? Object.getOwnPropertyDescriptor(json, step)?.value
              : undefined,
          parsed(text),
        );
        if (operand.type === 'json_number')
          return typeof found === 'number' ? { group: 'number', value: found } : null;
        return ['string', 'number', 'boolean'].includes(typeof found)
          ? { group: 'text', value: String(found) }
          : null;
      }
      if (operand.type === 'length') return { group: 'number', value: Array.from(text).length };
      if (operand.type === 'trim')
        return { group: 'text', value: text.replace(/^ +/, '').replace(/ +$/, '') };
      const changed =
        operand.type === 'lower'
          ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
          : text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
      return { group: 'text', value: changed };
    }
  }
}

/** Negative, zero or positive; texts by code points. */
function order(a: Value, b: Value): number {
  if (a.group !== b.group) throw new Error(`${a.group} and ${b.group} are not compared`);
  if (a.group === 'text')
    return Buffer.compare(Buffer.from(a.value as string), Buffer.from(b.value as string));
  return Number(a.value) - Number(b.value);
}

/** True, false or null (unknown). */
export function holds(context: Context, predicate: Predicate): boolean | null {
  const not = (value: boolean | null, negated: boolean): boolean | null =>
    negated && value !== null ? !value : value;
  switch (predicate.type) {
    case 'and':
    case 'or': {
      const values = predicate.predicates.map((part) => holds(context, part));
      const decisive = predicate.type === 'or';
      if (values.includes(decisive)) return decisive;
      return values.includes(null) ? null : !decisive;
    }
    case 'not':
      return not(holds(context, predicate.predicate), true);
    case 'compare':
      return compared(
        predicate.operator,
        evaluate(context, predicate.left),
        evaluate(context, predicate.right),
      );
    case 'between': {
      const value = evaluate(context, predicate.operand);
      const low = compared(predicate.lowOpen ? '>' : '>=', value, evaluate(context, predicate.low));
      const high = compared(predicate.highOpen ? '<' : '<=', value, evaluate(context, predicate.high));
      if (low === false || high === false) return not(false, predicate.negated);
      return low === null || high === null ? null : not(true, predicate.negated);
    }
    case 'in':
      return not(isOneOf(evaluate(context, predicate.operand), predicate.values), predicate.negated);
    case 'is_null': {
      const value = evaluate(context, predicate.operand);
      return (value === null) !== predicate.negated;
    }
    case 'matches':
    case 'is_format': {
      const value = evaluate(context, predicate.operand);
      if (value === null) return null;
      const pattern = predicate.type === 'matches' ? predicate.pattern : formatPattern(predicate.format);
      const parsed = parseRegex(pattern);
      if (parsed.status === 'error') throw new Error(`${pattern}: ${parsed.message}`);
      return not(testRegex(parsed.regex, value.value as string), predicate.negated);
    }
    case 'is_parseable': {
      const value = evaluate(context, predicate.operand);
      return value === null
        ? null
        : not(canBeRead(value.value as string, predicate.as, predicate.pattern), predicate.negated);
    }
    case 'matches_schema': {
      const value = evaluate(context, predicate.operand);
      if (value === null) return null;
      const json = parsed(value.value as string);
      return not(json !== undefined && validatorOf(predicate.schema)(json), predicate.negated);
    }
    case 'within_radius':
    case 'inside_polygon': {
      const [lat, lon] = [predicate.latitude, predicate.longitude].map(
        (one) => evaluate(context, one)?.value,
      );
      if (lat === undefined || lon === undefined) return null;
      const place = { latitude: Number(lat), longitude: Number(lon) };
      if (Math.abs(place.latitude) > 90 || Math.abs(place.longitude) > 180) return false;
      return predicate.type === 'within_radius'
        ? distance(place, predicate.centre) <= predicate.kilometres
        : isInside(place, predicate.corners);
    }
    case 'like': {
      const value = evaluate(context, predicate.operand);
      if (value === null) return null;
      const pattern = predicate.pattern.replace(/\\(.)|[%_]|[.*+?^${}()|[\]/]/gsu, (found, escaped: string) =>
        found === '%' ? '.*' : found === '_' ? '.' : literally(escaped ?? found),
      );
      return not(new RegExp(`^${pattern}$`, 'su').test(value.value as string), predicate.negated);
    }
    default:
      throw new Error(`the oracle does not know ${JSON.stringify(predicate satisfies never)}`);
  }
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ajv = new Ajv2020({ strict: false });
const validators = new Map<string, (json: unknown) => boolean>();

function validatorOf(schema: string): (json: unknown) => boolean {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const validate = ajv.compile<unknown>(JSON.parse(schema) as object);
  const made = (json: unknown): boolean => validate(json);
  validators.set(schema, made);
  return made;
}

/** Kilometres on a sphere, by the angle between two arrows from its middle. */
function distance(one: GeoPoint, other: GeoPoint): number {
  const arrow = ({ latitude, longitude }: GeoPoint): readonly [number, number, number] => {
    const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
  };
  const [[a, b, c], [x, y, z]] = [arrow(one), arrow(other)];
  const across = Math.hypot(b * z - c * y, c * x - a * z, a * y - b * x);
  return 6371.0088 * Math.atan2(across, a * x + b * y + c * z);
}

/** How often the polygon goes around the place, as an even or odd number. */
function isInside({ latitude: y, longitude: x }: GeoPoint, corners: readonly GeoPoint[]): boolean {
  return corners.reduce((inside, to, at) => {
    const from = corners.at(at - 1) ?? to;
    if (y >= from.latitude === y >= to.latitude) return inside;
    const share = (y - from.latitude) / (to.latitude - from.latitude);
    return x < from.longitude + share * (to.longitude - from.longitude) ? !inside : inside;
  }, false);
}

/** Said by the calendar and by JSON.parse, not by patterns. */
function canBeRead(text: string, as: ParseableAs, pattern: string | null): boolean {
  switch (as) {
    case 'number':
      return (
        /^[+-]?(\d|\.\d)/.test(text) &&
        !/[xob_\s]/i.test(text) &&
        Number.isFinite(Number(text.replace(/e.*$/i, ''))) &&
        /^([^e]*)(e[+-]?\d+)?$/i.test(text)
      );
    case 'integer':
      return /^[+-]?\d+$/.test(text);
    case 'boolean':
      return ['true', 'false', 'True', 'False', 'TRUE', 'FALSE'].includes(text);
    case 'uuid':
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
    case 'json':
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    case 'date': {
      const parts = pattern === '%d.%m.%Y' ? text.split('.').toReversed() : text.split('-');
      return isDay(parts);
    }
    default: {
      const found = /^(.{10})[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?:Z|[+-](\d\d):?(\d\d))?$/.exec(
        text,
      );
      if (!found) return false;
      const [, day = '', hours, minutes, seconds = '0', zoneHours = '0', zoneMinutes = '0'] = found;
      const below = (part: string | undefined, end: number): boolean => Number(part) < end;
      return (
        isDay(day.split('-')) &&
        below(hours, 24) &&
        [minutes, seconds, zoneMinutes].every((part) => below(part, 60)) &&
        below(zoneHours, 24)
      );
    }
  }
}

function isDay(parts: readonly string[]): boolean {
  const [year = '', month = '', day = ''] = parts;
  if (parts.length !== 3 || !/^\d{4} \d\d \d\d$/.test([year, month, day].join(' '))) return false;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]/\\]/g, '\\$&');

function isOneOf(value: Value | null, literals: readonly Literal[]): boolean | null {
  return value === null
    ? null
    : literals.some((literal) => order(value, { group: literal.type, value: literal.value }) === 0);
}

function compared(operator: string, left: Value | null, right: Value | null): boolean | null {
  if (left === null || right === null) return null;
  const by = order(left, right);
  switch (operator) {
    case '=':
      return by === 0;
    case '!=':
      return by !== 0;
    case '<':
      return by < 0;
    case '<=':
      return by <= 0;
    case '>':
      return by > 0;
    default:
      return by >= 0;
  }
}

/** How many different values of the rows other rows have as well. */
export function sharedValues(fact: Fact, table: Table, now: Date, elsewhere: Table): number {
  const tuplesOf = (of: Table): Set<string> =>
    new Set(
      of.rows
        .filter((row) => fact.where === null || holds({ table: of, row, now }, fact.where) === true)
        .map((row) => fact.columns.map((name) => valueOf(of, row, name)))
        .filter((tuple) => tuple.every((value) => value !== null))
        .map(tokenOf),
    );
  const theirs = tuplesOf(elsewhere);
  return [...tuplesOf(table)].filter((tuple) => theirs.has(tuple)).length;
}

/** The number that a fact is, of rows of its scope; null when nothing can be aggregated. */
export function oracleFact(fact: Fact, table: Table, now: Date, other: Table | null = null): number | null {
  const rows = table.rows.filter(
    (row) => fact.where === null || holds({ table, row, now }, fact.where) === true,
  );
  const tuples = rows.map((row) => fact.columns.map((name) => valueOf(table, row, name)));
  const single = tuples.map(([value]) => value ?? null);
  const values = single.filter((value) => value !== null);
  const whole = tuples.filter((tuple) => tuple.every((value) => value !== null));
  const counts = tally(whole);
  const numbers = values.map(({ value }) => Number(value));
  const lengths = values.map(({ value }) => Array.from(String(value)).length);
  const seconds = values.map(({ group, value }) => (group === 'time' ? Number(value) / 1e6 : Number(value)));
  const best = (list: readonly number[], pick: (...all: number[]) => number): number | null =>
    list.length === 0 ? null : pick(...list);
  switch (fact.metric) {
    case 'row_count':
      return rows.length;
    case 'null_count':
      return single.length - values.length;
    case 'count':
      return values.length;
    case 'empty_count':
      return values.filter(({ value }) => value === '').length;
    case 'sentinel_count':
      return values.filter((value) => isOneOf(value, fact.values ?? []) === true).length;
    case 'true_count':
    case 'false_count':
      return rows.filter(
        (row) =>
          fact.predicate && holds({ table, row, now }, fact.predicate) === (fact.metric === 'true_count'),
      ).length;
    case 'distinct_count':
    case 'approx_distinct_count':
      return counts.size;
    // Of a table that is the candidate alone.
    case 'repeat_count':
    case 'duplicate_count':
      return whole.length - counts.size;
    case 'duplicated_rows':
      return [...counts.values()].reduce((sum, count) => sum + (count > 1 ? count : 0), 0);
    case 'sum':
      return numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0);
    case 'min':
      return best(seconds, Math.min);
    case 'max':
      return best(seconds, Math.max);
    case 'stddev': {
      if (numbers.length < 2) return null;
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      return Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (numbers.length - 1));
    }
    case 'skew':
    case 'kurtosis':
      return moment(numbers, fact.metric === 'skew' ? 3 : 4);
    case 'correlation':
      return correlation(whole.map(([a, b]) => [Number(a?.value), Number(b?.value)] as const));
    case 'outlier_count': {
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
      if (!(high > low)) return 0;
      const moved = numbers.map((x) => (x - low) / (high - low));
      const mean = moved.reduce((a, b) => a + b, 0) / moved.length;
      const deviation = Math.sqrt(moved.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (moved.length - 1));
      const most = Number(fact.values?.[0]?.value) * (1 + 1e-9) * deviation;
      return moved.filter((x) => Math.abs(x - mean) > most).length;
    }
    case 'entropy':
      if (whole.length === 0) return null;
      return [...counts.values()].reduce(
        (sum, n) => sum - (n / whole.length) * Math.log(n / whole.length),
        0,
      );
    case 'mutual_information': {
      if (whole.length === 0) return null;
      const alone = ([0, 1] as const).map((at) => tally(whole.map((tuple) => [tuple[at] ?? null])));
      const [ofFirst = counts, ofSecond = counts] = alone;
      return whole.reduce((sum, [a = null, b = null]) => {
        const both = counts.get(tokenOf([a, b])) ?? 0;
        const [one, other] = [ofFirst.get(tokenOf([a])) ?? 0, ofSecond.get(tokenOf([b])) ?? 0];
        return sum + Math.log((both * whole.length) / (one * other)) / whole.length;
      }, 0);
    }
    case 'folded_count':
      return new Set(
        values.map(({ value }) => String(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
      ).size;
    case 'falling_count':
    case 'rising_count':
    case 'not_rising_count':
    case 'not_falling_count':
    case 'misstep_count':
      return outOfOrder(fact, whole);
    case 'overlap_count':
      return overlaps(tuples.filter(([low, , ...keys]) => low && keys.every((key) => key !== null)));
    case 'quantile': {
      if (numbers.length === 0) return null;
      const sorted = numbers.toSorted((a, b) => a - b);
      const place = (sorted.length - 1) * (fact.quantile ?? 0);
      const [low = 0, high = low] = sorted.slice(Math.floor(place));
      return low + (high - low) * (place - Math.floor(place));
    }
    case 'min_length':
      return best(lengths, Math.min);
    case 'max_length':
      return best(lengths, Math.max);
    case 'sum_length':
      return lengths.length === 0 ? null : lengths.reduce((a, b) => a + b, 0);
    case 'max_lag':
      return best(
        whole.map(([from, to]) => Number(to?.value) / 1e6 - Number(from?.value) / 1e6),
        Math.max,
      );
    case 'max_gap': {
      const sorted = seconds.toSorted((a, b) => a - b);
      return best(
        sorted.slice(1).map((time, at) => time - (sorted[at] ?? time)),
        Math.max,
      );
    }
    case 'period_count':
      return new Set(values.map(({ value }) => period(Number(value) / 1000, fact.step ?? 'day'))).size;
    case 'orphan_count':
    case 'difference_count': {
      if (!other || !fact.other) throw new Error('needs another table');
      return fact.metric === 'orphan_count'
        ? orphans(whole, other, fact.other.columns)
        : differences(fact, fact.other, table, rows, other, now);
    }
    default:
      throw new Error(`the oracle does not know ${fact.metric}`);
  }
}

function moment(numbers: readonly number[], power: 3 | 4): number | null {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  if (numbers.length === 0 || Math.min(...numbers) === Math.max(...numbers)) return null;
  const central = (n: number): number =>
    numbers.reduce((sum, x) => sum + (x - mean) ** n, 0) / numbers.length;
  return power === 3 ? central(3) / central(2) ** 1.5 : central(4) / central(2) ** 2 - 3;
}

function correlation(pairs: readonly (readonly [number, number])[]): number | null {
  const mean = (of: (pair: readonly [number, number]) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const [a, b] = [mean(([x]) => x), mean(([, y]) => y)];
  const same = (at: 0 | 1): boolean => new Set(pairs.map((pair) => (pair[at] === 0 ? 0 : pair[at]))).size < 2;
  if (same(0) || same(1)) return null;
  const [xx, yy] = [mean(([x]) => (x - a) ** 2), mean(([, y]) => (y - b) ** 2)];
  return mean(([x, y]) => (x - a) * (y - b)) / Math.sqrt(xx * yy);
}

type Tuple = readonly (Value | null)[];

/** Tuples by their keys, which begin at a place. */
function byKeys(tuples: readonly Tuple[], at: number): readonly Tuple[][] {
  const groups = new Map<string, Tuple[]>();
  for (const tuple of tuples) {
    const key = tokenOf(tuple.slice(at));
    groups.set(key, [...(groups.get(key) ?? []), tuple]);
  }
  return [...groups.values()];
}

const orderOf = (a: Value | null | undefined, b: Value | null | undefined): number => {
  if (!a || !b) throw new Error('nulls have no order');
  return order(a, b);
};

function outOfOrder(fact: Fact, tuples: readonly Tuple[]): number {
  const { metric } = fact;
  const stepped = metric === 'misstep_count';
  const sign = metric === 'rising_count' || metric === 'not_falling_count' ? -1 : 1;
  const step = Number(fact.values?.[0]?.value ?? 1);
  return byKeys(tuples, stepped ? 1 : 2)
    .map((group) => {
      const sorted = group.toSorted((one, other) => {
        const by = stepped ? 0 : orderOf(one[1], other[1]);
        return by === 0 ? sign * orderOf(one[0], other[0]) : by;
      });
      return sorted.filter((tuple, at) => {
        const before = sorted[at - 1];
        if (!before) return false;
        const rises = orderOf(tuple[0], before[0]);
        if (metric === 'falling_count') return rises < 0;
        if (metric === 'rising_count') return rises > 0;
        if (metric === 'not_rising_count') return rises <= 0;
        if (metric === 'not_falling_count') return rises >= 0;
        const by = Number(tuple[0]?.value) - Number(before[0]?.value);
        return Math.abs(by - step) > step * 1e-9;
      }).length;
    })
    .reduce((sum, count) => sum + count, 0);
}

function overlaps(tuples: readonly Tuple[]): number {
  return byKeys(tuples, 2)
    .map((group) => {
      const sorted = group.toSorted((one, other) => {
        const [[low, high], [from, to]] = [one, other];
        const by = orderOf(low, from);
        if (by !== 0) return by;
        if (!high || !to) return (high ? 0 : 1) - (to ? 0 : 1);
        return order(high, to);
      });
      return sorted.filter((tuple, at) =>
        sorted.slice(0, at).some(([, end]) => !end || orderOf(tuple[0], end) < 0),
      ).length;
    })
    .reduce((sum, count) => sum + count, 0);
}

// Minus zero is zero.
const token = (value: Value | null): string =>
  JSON.stringify(value?.value === 0 ? 0 : (value?.value ?? null));
const tokenOf = (tuple: readonly (Value | null)[]): string => tuple.map(token).join(',');

function tally(tuples: readonly (readonly (Value | null)[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const tuple of tuples) counts.set(tokenOf(tuple), (counts.get(tokenOf(tuple)) ?? 0) + 1);
  return counts;
}

function period(milliseconds: number, step: 'hour' | 'day' | 'week' | 'month'): string {
  const iso = new Date(milliseconds).toISOString();
  if (step === 'hour') return iso.slice(0, 13);
  if (step === 'day') return iso.slice(0, 10);
  if (step === 'month') return iso.slice(0, 7);
  const day = Math.floor(milliseconds / 86_400_000);
  // 1970-01-01 was a Thursday.
  return String(Math.floor((day + 3) / 7));
}

function orphans(
  tuples: readonly (readonly (Value | null)[])[],
  other: Table,
  columns: readonly string[],
): number {
  const there = new Set(other.rows.map((row) => tokenOf(columns.map((name) => valueOf(other, row, name)))));
  return tuples.filter((tuple) => !there.has(tokenOf(tuple))).length;
}

function differences(
  fact: Fact,
  { columns, compared: names, tolerance }: NonNullable<Fact['other']>,
  table: Table,
  rows: readonly (readonly Cell[])[],
  other: Table,
  now: Date,
): number {
  const theirs = other.rows.filter(
    (row) => fact.where === null || holds({ table: other, row, now }, fact.where) === true,
  );
  const grouped = (
    from: Table,
    all: readonly (readonly Cell[])[],
    keys: readonly string[],
  ): Map<string, Cell[][]> => {
    const groups = new Map<string, Cell[][]>();
    for (const row of all) {
      const key = tokenOf(keys.map((name) => valueOf(from, row, name)));
      groups.set(key, [...(groups.get(key) ?? []), [...row]]);
    }
    return groups;
  };
  const left = grouped(table, rows, fact.columns);
  const right = grouped(other, theirs, columns);
  return [...new Set([...left.keys(), ...right.keys()])].filter((key) => {
    const [a, b] = [left.get(key) ?? [], right.get(key) ?? []];
    return (
      a.length !== b.length || names.some((name) => differ(values(table, a, name), values(other, b, name)))
    );
  }).length;

  function values(from: Table, group: readonly (readonly Cell[])[], name: string): Value[] {
    return group
      .map((row) => valueOf(from, row, name))
      .filter((value) => value !== null)
      .sort(order);
  }

  function differ(a: readonly Value[], b: readonly Value[]): boolean {
    if (a.length !== b.length) return true;
    return [0, a.length - 1].some((at) => {
      const [x, y] = [a[at], b[at]];
      if (!x || !y) return false;
      return tolerance !== null && x.group === 'number'
        ? Math.abs(order(x, y)) > tolerance
        : order(x, y) !== 0;
    });
  }
}
