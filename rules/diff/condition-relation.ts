import type { Condition, CustomSql, NotAnomalous, Term, Tolerance } from '#model/expression.ts';
import type { ComparisonOperator } from '#model/predicate.ts';
import { ofIntervals, type Interval } from './interval.ts';
import { ofPredicates } from './predicate-relation.ts';
import { ofLimits, ofSets, reversed, together, type Relation } from './relation.ts';
import { isSame, valueKey } from './value-key.ts';

/**
 * How the data that fulfils two conditions relates, as far as their form tells. Null when they are not about the
 * same thing at all.
 */
export function ofConditions(before: Condition, after: Condition): Relation | null {
  if (isSame(before, after)) return 'same';
  const ranges = ofRanges(before, after);
  if (ranges !== null) return ranges;
  if (before.type === 'all_of' || after.type === 'all_of') return ofAll(partsOf(before), partsOf(after));
  if (before.type !== after.type) return null;
  return ofSameType(before, after);
}

/** Each part counts alone. */
function partsOf(condition: Condition): readonly Condition[] {
  return condition.type === 'all_of' ? condition.conditions : [condition];
}

function ofAll(before: readonly Condition[], after: readonly Condition[]): Relation | null {
  const left = [...after];
  const relations: Relation[] = [];
  let related = false;
  let missing = false;
  for (const was of before) {
    const index = left.findIndex((one) => ofConditions(was, one) !== null);
    const [is] = index === -1 ? [] : left.splice(index, 1);
    if (is) {
      relations.push(ofConditions(was, is) ?? 'other');
      related = true;
    } else missing = true;
  }
  if (!related) return null;
  if (missing) relations.push('looser');
  if (left.length > 0) relations.push('tighter');
  return together(relations);
}

/** What must be alike for two conditions of one type to be about one thing, and how far each lets the data go. */
function ofSameType(before: Condition, after: Condition): Relation | null {
  if (before.type === 'not' && after.type === 'not') {
    const inner = ofConditions(before.condition, after.condition);
    return inner === null ? null : reversed(inner);
  }
  if (before.type === 'comparison' && after.type === 'comparison')
    return isSame([before.left, before.right], [after.left, after.right])
      ? before.operator === after.operator
        ? ofTolerances(before.tolerance, after.tolerance)
        : operators(before.operator, after.operator)
      : isSame(before.left, after.left)
        ? 'other'
        : null;
  if (before.type === 'within' && after.type === 'within') {
    if (!isSame(before.subject, after.subject)) return null;
    if (!isSame([before.target, before.negated], [after.target, after.negated])) return 'other';
    const relation = ofTolerances(before.tolerance, after.tolerance);
    return before.negated ? reversed(relation) : relation;
  }
  if (before.type === 'not_anomalous' && after.type === 'not_anomalous')
    return isSame(before.subject, after.subject) ? ofDetectors(before, after) : null;
  if (before.type === 'rows' && after.type === 'rows') return ofRows(before, after);
  if (before.type === 'references' && after.type === 'references') {
    const [{ share: was, span: _was, ...one }, { share: is, span: _is, ...other }] = [before, after];
    if (isSame(one, other)) return ofLimits(is, was);
    return isSame(one.columns, other.columns) ? 'other' : null;
  }
  if (before.type === 'unique' && after.type === 'unique') {
    const relation = ofSets(before.columns.map(valueKey), after.columns.map(valueKey));
    // Over more columns fewer rows are alike.
    return relation === 'other' ? null : relation;
  }
  return ofShapes(before, after);
}

function ofRows(
  before: Condition & { readonly type: 'rows' },
  after: Condition & { readonly type: 'rows' },
): Relation | null {
  const share = ofLimits(after.share, before.share);
  const rows = ofPredicates(before.predicate, after.predicate);
  if (rows !== 'other') return together([share, rows]);
  return subjectOf(before.predicate) === subjectOf(after.predicate) ? 'other' : null;
}

function subjectOf(predicate: object): string {
  if ('operand' in predicate) return valueKey(predicate.operand);
  return 'left' in predicate ? valueKey(predicate.left) : valueKey(predicate);
}

function ofShapes(before: Condition, after: Condition): Relation | null {
  if (before.type === 'has_columns' && after.type === 'has_columns') {
    if (before.negated !== after.negated || before.exactly !== after.exactly) return 'other';
    const listed = reversed(ofSets(before.columns, after.columns));
    if (before.exactly && listed !== 'same') return 'other';
    const order = ofLimits(before.inOrder ? 0 : 1, after.inOrder ? 0 : 1);
    return together([listed, order]);
  }
  if (before.type === 'groups' && after.type === 'groups') {
    if (!isSame(before.column, after.column)) return null;
    if (before.relation !== after.relation) return 'other';
    const values = ofSets(before.values.map(valueKey), after.values.map(valueKey));
    const allows = before.relation === 'within' || before.relation === 'most_common';
    return allows ? values : before.relation === 'contain' ? reversed(values) : 'other';
  }
  if (before.type === 'distribution' && after.type === 'distribution') {
    if (!isSame(before.column, after.column)) return null;
    return before.measure === after.measure && before.partitions === after.partitions
      ? together([
          ofLimits(before.limit, after.limit),
          ofLimits(before.operator === '<' ? 0 : 1, after.operator === '<' ? 0 : 1),
        ])
      : 'other';
  }
  if (before.type === 'landed_by' && after.type === 'landed_by') {
    if (before.zone !== after.zone) return 'other';
    const time = (one: typeof before): number => one.minute + (one.sameDay ? 0 : 24 * 60);
    const days = reversed(ofSets(before.weekdays.map(String), after.weekdays.map(String)));
    return together([ofLimits(time(before), time(after)), days]);
  }
  if (before.type === 'equals' && after.type === 'equals') {
    if (!isSame([before.table, before.keys], [after.table, after.keys])) return null;
    return together([
      reversed(ofSets(before.columns, after.columns)),
      ofLimits(before.tolerance?.value ?? 0, after.tolerance?.value ?? 0),
    ]);
  }
  if (before.type === 'custom_sql' && after.type === 'custom_sql')
    return queryOf(before) === queryOf(after) ? 'other' : null;
  if (before.type === 'ordered' && after.type === 'ordered') {
    const [{ strictly: was, span: _was, ...one }, { strictly: is, span: _is, ...other }] = [before, after];
    if (isSame(one, other)) return ofLimits(was ? 0 : 1, is ? 0 : 1);
    return isSame(one.column, other.column) ? 'other' : null;
  }
  if (before.type === 'mutually_exclusive' && after.type === 'mutually_exclusive')
    return isSame([before.low, before.high], [after.low, after.high]) ? 'other' : null;
  if (before.type === 'no_gaps' && after.type === 'no_gaps')
    return isSame(before.column, after.column)
      ? ofLimits(STEPS.indexOf(before.step), STEPS.indexOf(after.step))
      : null;
  if (before.type === 'column_type' && after.type === 'column_type')
    return isSame(before.column, after.column) ? 'other' : null;
  return before.type === 'schema_unchanged' ? 'other' : null;
}

const STEPS = ['hour', 'day', 'week', 'month'];

/** `<` allows less than `<=`; other operators with the same two sides ask something else. */
function operators(before: string, after: string): Relation {
  if (`${before}=` === after) return 'looser';
  if (before === `${after}=`) return 'tighter';
  if (before === '=' && (after === '<=' || after === '>=')) return 'looser';
  if (after === '=' && (before === '<=' || before === '>=')) return 'tighter';
  return 'other';
}

function ofTolerances(before: Tolerance | null, after: Tolerance | null): Relation {
  if (before === null || after === null)
    return before === after ? 'same' : after === null ? 'tighter' : 'looser';
  const alike =
    before.sigma === after.sigma && (before.value.unit === 'percent') === (after.value.unit === 'percent');
  return alike ? ofLimits(before.value.value, after.value.value) : 'other';
}

function ofDetectors(before: NotAnomalous, after: NotAnomalous): Relation {
  if (before.mode !== after.mode || (before.sigma === null) !== (after.sigma === null)) return 'other';
  const directions = ({ direction }: NotAnomalous): readonly string[] =>
    direction === 'both' ? ['up', 'down'] : [direction];
  const rest: Relation =
    before.seasonality === after.seasonality && before.train === after.train ? 'same' : 'other';
  return together([
    ofLimits(before.sigma ?? 0, after.sigma ?? 0),
    reversed(ofSets(directions(before), directions(after))),
    ofLimits(before.minimumChange, after.minimumChange),
    rest,
  ]);
}

interface Range {
  readonly subject: string;
  readonly interval: Interval<number>;
}

/** Comparisons of one subject with numbers, `between`, and the author's SQL with its threshold. */
function ofRanges(before: Condition, after: Condition): Relation | null {
  const [was, is] = [rangeOf(before), rangeOf(after)];
  return was !== null && is !== null && was.subject === is.subject
    ? ofIntervals(was.interval, is.interval)
    : null;
}

function rangeOf(condition: Condition): Range | null {
  if (condition.type === 'custom_sql') return rangeOfSql(condition);
  if (condition.type === 'between') {
    const [low, high] = [numberOf(condition.low), numberOf(condition.high)];
    if (condition.negated || low === null || high === null) return null;
    return {
      subject: valueKey(condition.subject),
      interval: {
        low: { value: low, open: condition.lowOpen },
        high: { value: high, open: condition.highOpen },
      },
    };
  }
  // `!=` leaves out one number and is no range.
  if (condition.type !== 'comparison' || condition.tolerance !== null || condition.operator === '!=')
    return null;
  const [left, right] = [numberOf(condition.left), numberOf(condition.right)];
  if (right !== null) return { subject: valueKey(condition.left), ...sideOf(condition.operator, right) };
  return left === null
    ? null
    : { subject: valueKey(condition.right), ...sideOf(FLIPPED[condition.operator], left) };
}

function queryOf({ query }: CustomSql): string {
  return query.replaceAll(/\s+/g, ' ').trim();
}

function rangeOfSql(sql: CustomSql): Range | null {
  const { operator, limit, high } = sql;
  const subject = `sql ${queryOf(sql)}`;
  if (operator === 'not_between' || operator === '!=') return null;
  if (operator !== 'between') return { subject, ...sideOf(operator, limit.value) };
  return {
    subject,
    interval: { low: { value: limit.value, open: false }, high: high && { value: high.value, open: false } },
  };
}

const FLIPPED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function sideOf(operator: Exclude<ComparisonOperator, '!='>, value: number): { interval: Interval<number> } {
  const end = { value, open: operator === '<' || operator === '>' };
  return {
    interval: {
      low: operator.startsWith('<') ? null : end,
      high: operator.startsWith('>') ? null : end,
    },
  };
}

function numberOf(term: Term): number | null {
  return term.type === 'number' ? term.value : null;
}
