import type { Condition } from '#model/expression.ts';
import type { Predicate } from '#model/predicate.ts';

/** What a part of a check says: of each row, or of the whole. */
export type Statement =
  | { readonly level: 'rows'; readonly predicate: Predicate }
  | { readonly level: 'whole'; readonly condition: Condition };
