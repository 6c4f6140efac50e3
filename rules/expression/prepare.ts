import type { Condition, Expression } from '#model/expression.ts';

import { impossible } from '../impossible.ts';
import { prepareAnomaly } from './condition-anomaly.ts';
import { prepareDistribution } from './condition-distribution.ts';
import { prepareGroups, prepareNoGaps } from './condition-groups.ts';
import { prepareAll, prepareAny, prepareNot } from './condition-joined.ts';
import { prepareBetween, prepareComparison, prepareWithin } from './condition-number.ts';
import { prepareExclusive, prepareOrdered } from './condition-order.ts';
import { prepareEquals, prepareReferences, prepareRows, prepareUnique } from './condition-rows.ts';
import { prepareColumnType, prepareHasColumns, prepareSchemaUnchanged } from './condition-schema.ts';
import { prepareCustomSql } from './condition-sql.ts';
import { prepareLandedBy } from './condition-time.ts';
import { type Ground, type NeededFact, placeOf, ROWS, rowsAt } from './needed-fact.ts';
import { printCondition } from './print.ts';
import type { PreparedCondition } from './situation.ts';

/** A check whose facts, keys and texts are written once, however often it is evaluated. */
export interface PreparedCheck extends PreparedCondition {
  /** The rows of each value of the `per` column, by which its values are known; null without. */
  readonly segmentRows: NeededFact | null;
}

/** Prepared checks by their trees: a contract's checks stay in memory as long as it does. */
const PREPARED = new WeakMap<Expression, PreparedCheck>();

/** Prepares a check for evaluation. */
export function prepareCheck(expression: Expression): PreparedCheck {
  const known = PREPARED.get(expression);
  if (known !== undefined) return known;
  const prepared = prepareFor(expression, () => false);
  PREPARED.set(expression, prepared);
  return prepared;
}

/** The same where it is known which columns hold texts: their distributions ask for other facts. */
export function prepareFor(
  { condition, where, scope, per }: Expression,
  isText: (column: string) => boolean,
): PreparedCheck {
  const ground: Ground = { where, scope, per: per?.name ?? null, isText };
  const prepared = prepareCondition(condition, ground);
  const segmentRows = per === null ? null : rowsAt(placeOf(ground, 'partition'));
  const facts = segmentRows === null ? prepared.facts : [ROWS, segmentRows, ...prepared.facts];
  return { ...prepared, facts, segmentRows };
}

function prepareCondition(condition: Condition, ground: Ground): PreparedCondition {
  switch (condition.type) {
    case 'all_of':
    case 'any_of': {
      const parts = condition.conditions.map((part) => prepareCondition(part, ground));
      const text = printCondition(condition);
      return condition.type === 'all_of' ? prepareAll(parts, text) : prepareAny(parts, text);
    }
    case 'not':
      return prepareNot(prepareCondition(condition.condition, ground), printCondition(condition));
    case 'comparison':
      return prepareComparison(condition, ground);
    case 'between':
      return prepareBetween(condition, ground);
    case 'within':
      return prepareWithin(condition, ground);
    case 'not_anomalous':
      return prepareAnomaly(condition, ground);
    case 'rows':
      return prepareRows(condition, ground);
    case 'references':
      return prepareReferences(condition, ground);
    case 'unique':
      return prepareUnique(condition, ground);
    case 'equals':
      return prepareEquals(condition, ground);
    case 'has_columns':
      return prepareHasColumns(condition);
    case 'column_type':
      return prepareColumnType(condition);
    case 'schema_unchanged':
      return prepareSchemaUnchanged(condition);
    case 'groups':
      return prepareGroups(condition, ground);
    case 'no_gaps':
      return prepareNoGaps(condition, ground);
    case 'ordered':
      return prepareOrdered(condition, ground);
    case 'mutually_exclusive':
      return prepareExclusive(condition, ground);
    case 'landed_by':
      return prepareLandedBy(condition);
    case 'distribution':
      return prepareDistribution(condition, ground);
    case 'custom_sql':
      return prepareCustomSql(condition);
    default:
      return impossible(condition);
  }
}
