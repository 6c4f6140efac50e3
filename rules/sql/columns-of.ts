import type { Fact } from '#model/fact.ts';
import type { Predicate } from '#model/predicate.ts';

import { columnsOfPredicate as columnsInPredicate } from '../expression/columns-named.ts';

/** The columns of its own table that a fact reads, without repeats. */
export function columnsOfFact(fact: Fact): string[] {
  return [
    ...new Set([
      ...fact.columns,
      ...(fact.where === null ? [] : columnsOfPredicate(fact.where)),
      ...(fact.predicate === null ? [] : columnsOfPredicate(fact.predicate)),
      ...(fact.per === null ? [] : [fact.per]),
      ...(fact.other?.compared ?? []),
    ]),
  ];
}

/** The columns that a condition on rows names, in order of appearance, with repeats. */
function columnsOfPredicate(predicate: Predicate): string[] {
  return columnsInPredicate(predicate).map(({ name }) => name);
}
