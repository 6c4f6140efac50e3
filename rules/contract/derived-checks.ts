import type { CarriedCheck, Check, ContractColumn, SourcePosition } from '#model/contract.ts';

import { printColumn } from '../expression/print-names.ts';
import { parseExpression } from '../expression/parse.ts';
import { constraintChecks, type ConstraintName } from './constraint-checks.ts';
import { makeCarried, makeCheck } from './make-check.ts';
import { tableName } from './plain-column.ts';

/** A column with the places of what it promises; a promise without a place stands at the column. */
export interface LocatedColumn {
  readonly column: ContractColumn;
  readonly places: Partial<Record<'primaryKey' | 'required' | 'unique' | ConstraintName, SourcePosition>>;
}

export interface DerivedChecks {
  readonly checks: readonly Check[];
  /** Promises that no check of ours can hold the data to. */
  readonly carried: readonly CarriedCheck[];
}

/**
 * The checks that a schema promises, each at the place that promises it. They block, unless `stated` holds
 * the same condition with a severity of its own: then that one stands and the derived one is left out.
 * `refuse` takes a promise that cannot be written (names that are too long); it is carried then.
 */
export function derivedChecks(
  columns: readonly LocatedColumn[],
  stated: readonly Check[],
  dialect: 'short' | 'odcs',
  refuse: (at: SourcePosition, message: string) => void,
): DerivedChecks {
  const known = new Set(stated.map((check) => check.id));
  const checks: Check[] = [];
  const carried: CarriedCheck[] = [];
  const add = (text: string, at: SourcePosition, origin: Check['origin'], column: string | null): void => {
    const parsed = parseExpression(text);
    const construct = origin === 'quality' ? 'check' : origin;
    if (parsed.status === 'error') {
      refuse(at, parsed.problem.message);
      const reason = `It cannot be written as a check: ${parsed.problem.message}.`;
      carried.push(
        makeCarried(text, null, reason, 'block', at, origin, { from: { dialect, construct, column } }),
      );
      return;
    }
    const check = makeCheck(text, parsed.expression, 'block', at, origin, {
      from: { dialect, construct, column },
    });
    if (known.has(check.id)) return;
    known.add(check.id);
    checks.push(check);
  };

  const keys = columns.filter(({ column }) => column.primaryKey).toSorted(byKeyPosition);
  const [firstKey] = keys;
  if (firstKey !== undefined) {
    const names = keys.map(({ column }) => printColumn(tableName(column)));
    const column = keys.length === 1 ? firstKey.column.name : null;
    add(`unique(${names.join(', ')})`, placeOf(firstKey, 'primaryKey'), 'primary_key', column);
  }
  for (const located of columns) {
    const { column } = located;
    const name = printColumn(tableName(column));
    if (column.primaryKey)
      add(`null_count(${name}) = 0`, placeOf(located, 'primaryKey'), 'primary_key', column.name);
    if (column.required)
      add(`null_count(${name}) = 0`, placeOf(located, 'required'), 'required', column.name);
    if (column.unique) add(`unique(${name})`, placeOf(located, 'unique'), 'unique', column.name);
    for (const promise of constraintChecks(column)) {
      const at = placeOf(located, promise.name);
      if (promise.text !== null) add(promise.text, at, 'constraint', column.name);
      else {
        const from = { dialect, construct: 'constraint', column: column.name } as const;
        carried.push(makeCarried(promise.words, null, promise.reason, 'block', at, 'constraint', { from }));
      }
    }
  }
  return { checks, carried };
}

function placeOf({ column, places }: LocatedColumn, name: keyof LocatedColumn['places']): SourcePosition {
  return places[name] ?? column.position;
}

function byKeyPosition(a: LocatedColumn, b: LocatedColumn): number {
  return (a.column.primaryKeyPosition ?? Infinity) - (b.column.primaryKeyPosition ?? Infinity) || 0;
}
