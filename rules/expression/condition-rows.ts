import type { Equals, References, Rows, Unique } from '#model/expression.ts';
import { formatNumber, formatPercent } from '#model/number-text.ts';

import { boundsKnown, type KnownBounds } from './bounds-known.ts';
import {
  contradiction,
  FactReader,
  type FactView,
  missing,
  type NoValue,
  type TermValue,
} from './fact-view.ts';
import { type Measure, measureOf } from './metric-measure.ts';
import { factAt, type Ground, type NeededFact, type Place, placeOf, ROWS, rowsAt } from './needed-fact.ts';
import { ratioToPercent } from './decimal.ts';
import { printColumn, printTable } from './print-names.ts';
import { printPredicate } from './print-predicate.ts';
import { outcomeOf, type Outcome, type PreparedCondition, type Situation } from './situation.ts';
import { unknownOutcome } from './unknown.ts';
import { tested, valuesIn } from './value-counts.ts';
import { rowsText } from './words.ts';

/** Products of counts and shares are rounded. */
const EDGE = 1 - 1e-12;

/** Every row, or a share of them, fulfils the predicate. */
export function prepareRows({ predicate, share }: Rows, ground: Ground): PreparedCondition {
  const place = placeOf(ground, 'partition');
  const text = printPredicate(predicate);
  const counts = tested(predicate, place);
  const bounds = boundsKnown(predicate, place);
  const rows = rowsAt(place);
  return {
    facts: [ROWS, rows, ...counts.facts],
    pastFacts: [],
    history: 0,
    expected: expectedShare(share),
    evaluate: (situation) => {
      const started = startRows(situation.view, place, rows);
      if (started.stop !== null) return unknownOutcome(text, started.stop, situation);
      const found = counts.read(started.reader, started.rows);
      if (started.reader.problem !== null) return unknownOutcome(text, started.reader.problem, situation);
      if (found.status !== 'value')
        return fromBounds(bounds, situation.view, share, text) ?? unknownOutcome(text, found, situation);
      if (found.tested === 0) {
        const reason = 'of no row it is true or false, because all are null';
        return unknownOutcome(text, { status: 'no_data', cause: 'all_null', reason }, situation);
      }
      return judgeRows(found.bad, found.tested, share, `fulfil ${text}`);
    },
  };
}

/** Nobody counted the rows, and the least and greatest values say enough. */
function fromBounds(bounds: KnownBounds | null, view: FactView, share: number, text: string): Outcome | null {
  const found = bounds?.read(view) ?? null;
  if (found?.says === 'all')
    return outcomeOf(true, null, `all tested rows fulfil ${text}: ${found.why}`, expectedShare(share));
  // How many do not is not known, so it breaks no share of the rows.
  if (found === null || share !== 1) return null;
  return outcomeOf(false, null, `not every row fulfils ${text}: ${found.why}`, expectedShare(share));
}

/** `3 of 1 000 tested rows do not fulfil …`; a share is compared with the share that was found. */
function judgeRows(bad: number, total: number, share: number, what: string): Outcome {
  const good = total - bad;
  const holds = share === 1 ? bad === 0 : good >= share * total * EDGE;
  if (share === 1) {
    const message =
      bad === 0
        ? `all ${formatNumber(total)} tested rows ${what}`
        : `${rowsText(bad)} of ${formatNumber(total)} tested ${bad === 1 ? 'does' : 'do'} not ${what}`;
    return outcomeOf(holds, bad, message, expectedShare(share));
  }
  const found = formatPercent(good / total, 6);
  const message = `${found} of ${formatNumber(total)} tested rows ${what}, expected ${expectedShare(share)}`;
  return outcomeOf(holds, good / total, message, expectedShare(share));
}

function expectedShare(share: number): string {
  return share === 1 ? 'all rows' : `at least ${ratioToPercent(share)} % of rows`;
}

/** An empty candidate, and a `where` that no row fulfils, leave no rows to test. */
function startRows(
  view: FactView,
  place: Place,
  rowsFact: NeededFact,
): { reader: FactReader; rows: number | null; stop: NoValue | null } {
  const reader = new FactReader(view);
  const all = reader.read(ROWS);
  const rows = rowsFact === ROWS ? all : reader.read(rowsFact);
  const { problem } = reader;
  if (problem !== null) return { reader, rows, stop: problem };
  if (all === 0 || rows === 0) {
    const selected = all !== 0 && place.where !== null;
    const stop = selected
      ? ({
          status: 'no_data',
          cause: 'none_selected',
          reason: `no row fulfils ${printPredicate(place.where)}`,
        } as const)
      : ({ status: 'no_data', cause: 'empty', reason: 'the partition is empty' } as const);
    return { reader, rows, stop };
  }
  return { reader, rows, stop: null };
}

/** Keys are, or with `not` are not, among those of another table. */
export function prepareReferences(condition: References, ground: Ground): PreparedCondition {
  const place = placeOf(ground, 'partition');
  const columns = condition.columns.map(({ name }) => name);
  const rows = rowsAt(place);
  const orphans = factAt(place, 'orphan_count', columns, {
    other: { table: condition.table, columns: condition.tableColumns, compared: [], tolerance: null },
  });
  const keys = valuesIn(place, columns, rows);
  const table = printTable(condition.table);
  const text = `${columns.map(printColumn).join(', ')} references ${table}`;
  const what = `have a value of ${columns.join(', ')} that is ${condition.negated ? 'not ' : ''}in ${table}`;
  return {
    facts: [ROWS, rows, orphans, ...keys.facts],
    pastFacts: [],
    history: 0,
    expected: expectedShare(condition.share),
    evaluate: (situation) => {
      const started = startRows(situation.view, place, rows);
      if (started.stop !== null) return unknownOutcome(text, started.stop, situation);
      const { reader } = started;
      const count = keys.read(reader);
      if (reader.problem !== null) return unknownOutcome(text, reader.problem, situation);
      if (count.status !== 'value') return unknownOutcome(text, count, situation);
      if (count.value === 0) {
        const reason = `in no row all of ${columns.join(', ')} have a value`;
        return unknownOutcome(text, { status: 'no_data', cause: 'all_null', reason }, situation);
      }
      const found = reader.read(orphans);
      const stop = reader.problem ?? (found === null ? missing(orphans) : null);
      if (stop !== null || found === null) return unknownOutcome(text, stop ?? missing(orphans), situation);
      if (found > count.value)
        return unknownOutcome(
          text,
          contradiction(orphans.key, found, 'rows with a key', count.value),
          situation,
        );
      const bad = condition.negated ? count.value - found : found;
      return judgeRows(bad, count.value, condition.share, what);
    },
  };
}

/** No two rows share their values; of the table unless the check says otherwise. */
export function prepareUnique(condition: Unique, ground: Ground): PreparedCondition {
  const names = condition.columns.map(({ name }) => name);
  const call = {
    type: 'metric',
    metric: 'duplicate_count',
    columns: condition.columns,
    table: null,
    quantile: null,
    values: null,
    predicate: null,
    span: condition.span,
  } as const;
  const place = placeOf(ground, 'table');
  const measure = measureOf(call, place);
  const inside =
    place.scope.type === 'partition' ? null : measureOf(call, { ...place, scope: { type: 'partition' } });
  // Of the table: what the candidate adds to it. Values of a column are told apart by the number itself.
  const added =
    place.scope.type === 'table' && place.per === null ? factAt(place, 'repeat_count', names) : null;
  const text = `duplicate_count(${names.map(printColumn).join(', ')})`;
  const shown = names.join(', ');
  return {
    facts: added === null ? measure.facts : [ROWS, added],
    pastFacts: [],
    history: 0,
    expected: 'no repeats',
    evaluate: (situation) => {
      const whole = repeatsAdded(added, situation) ?? measure.read(situation.view);
      const found = whole.status === 'no_data' ? (repeats(inside, situation) ?? whole) : whole;
      if (found.status !== 'value') return unknownOutcome(text, found, situation);
      const { value } = found;
      const message =
        value === 0
          ? `no row repeats the ${shown} of another row`
          : `${rowsText(value)} ${value === 1 ? 'repeats' : 'repeat'} the ${shown} of another row, expected none`;
      return outcomeOf(value === 0, value, message);
    },
  };
}

/** What the candidate adds in repeats; null where that was not measured, but the whole may be known. */
function repeatsAdded(added: NeededFact | null, { view }: Situation): TermValue | null {
  if (added === null) return null;
  const reader = new FactReader(view);
  const rows = reader.read(ROWS);
  const found = reader.read(added);
  if (reader.problem !== null) return reader.problem;
  if (rows === 0) return { status: 'no_data', cause: 'empty', reason: 'the partition is empty' };
  return found === null ? null : { status: 'value', value: found };
}

/** What repeats in the partition repeats in the table, also where nobody measured that. */
function repeats(inside: Measure | null, { view }: Situation): TermValue | null {
  const found = inside?.read(view);
  return found?.status === 'value' && found.value > 0 ? found : null;
}

/** Both tables have the same keys, and for them the same values. */
export function prepareEquals(condition: Equals, ground: Ground): PreparedCondition {
  const place = placeOf(ground, 'partition');
  const { keys, table, columns, tolerance } = condition;
  const differences = factAt(place, 'difference_count', keys, {
    other: { table, columns: keys, compared: columns, tolerance: tolerance?.value ?? null },
  });
  const name = printTable(table);
  const rows = rowsAt(place);
  return {
    facts: [ROWS, rows, differences],
    pastFacts: [],
    history: 0,
    expected: `the same as ${name}`,
    evaluate: (situation) => {
      const started = startRows(situation.view, place, rows);
      const { reader } = started;
      if (started.stop !== null) return unknownOutcome(`equals ${name}`, started.stop, situation);
      const found = reader.read(differences);
      if (reader.problem !== null) return unknownOutcome(`equals ${name}`, reader.problem, situation);
      if (found === null) return unknownOutcome(`equals ${name}`, missing(differences), situation);
      const what = `${formatNumber(found)} ${found === 1 ? 'key differs' : 'keys differ'} from ${name}`;
      const message = found === 0 ? `no key differs from ${name}` : `${what}, expected none`;
      return outcomeOf(found === 0, found, message);
    },
  };
}
