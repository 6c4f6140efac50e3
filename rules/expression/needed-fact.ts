import type { Fact, FactMetric } from '#model/fact.ts';
import type { FactKey } from '#model/measurement.ts';
import type { Predicate, Scope, TableRef } from '#model/predicate.ts';

import { plainFact, printFact } from './fact-key.ts';

/** Which rows a number is about. */
export interface Place {
  readonly where: Predicate | null;
  readonly scope: Scope;
  readonly per: string | null;
  /** Another table than the candidate's. */
  readonly table: TableRef | null;
}

/** What a check says of the rows that all its numbers are about. */
export interface Ground {
  readonly where: Predicate | null;
  /** null: the usual one of each condition. */
  readonly scope: Scope | null;
  readonly per: string | null;
  /** Whether a column is known to hold texts. */
  readonly isText: (column: string) => boolean;
}

export function placeOf({ where, scope, per }: Ground, usual: 'partition' | 'table'): Place {
  return { where, scope: scope ?? { type: usual }, per, table: null };
}

/** The candidate's partition, all its rows. */
export const PARTITION: Place = { where: null, scope: { type: 'partition' }, per: null, table: null };

/** A fact that a check reads, with its key, which is written once per check and not per evaluation. */
export interface NeededFact {
  readonly key: FactKey;
  readonly fact: Fact;
  /** The same number of the partition, which stands in where the dataset has none: there it is the table. */
  readonly ofPartition: FactKey | null;
  readonly counts: boolean;
}

export function factAt(
  place: Place,
  metric: FactMetric,
  columns: readonly string[] = [],
  more: Partial<Fact> = {},
): NeededFact {
  const fact: Fact = { ...plainFact(metric, columns), ...place, ...more };
  const wide = fact.scope.type !== 'partition';
  return {
    key: printFact(fact),
    fact,
    ofPartition: wide ? printFact({ ...fact, scope: { type: 'partition' } }) : null,
    counts: metric === 'count' || metric.endsWith('_count') || metric === 'duplicated_rows',
  };
}

/** The rows of the candidate, by which an empty one is told. */
export const ROWS: NeededFact = factAt(PARTITION, 'row_count');

/** The rows that a number is about. */
export function rowsAt(place: Place): NeededFact {
  const { where, scope, per, table } = place;
  const plain = where === null && scope.type === 'partition' && per === null && table === null;
  return plain ? ROWS : factAt(place, 'row_count');
}
