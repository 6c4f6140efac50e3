/** Code points from `low` to `high`, both included. */
export interface CodePointRange {
  readonly low: number;
  readonly high: number;
}

/** One code point out of sorted ranges that neither touch nor overlap. */
export interface CodePointSet {
  readonly type: 'set';
  readonly ranges: readonly CodePointRange[];
  /** Where it is written, 0-based in UTF-16 units. */
  readonly offset: number;
}

/**
 * The tree of a portable regular expression. It says whether an expression occurs in a text, never where,
 * so laziness and captures are not kept.
 */
export type RegexNode =
  | { readonly type: 'empty' }
  | CodePointSet
  | { readonly type: 'sequence' | 'alternation'; readonly items: readonly RegexNode[] }
  | {
      readonly type: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      /** Null for no end. */
      readonly max: number | null;
    }
  /** `^` and `$`: where the text begins and ends, never a line in it. */
  | { readonly type: 'start' | 'end' };

/** A regular expression that all engines read alike and that none of them needs long for. */
export interface Regex {
  /** As the author wrote it. */
  readonly source: string;
  readonly tree: RegexNode;
  /**
   * How the tries of a backtracking engine may grow with the length n of a text that does not match:
   * 0 and 1 up to about n², 2 up to n³. More is refused.
   */
  readonly growth: number;
}

/** What is wrong with a pattern. `offset` is 0-based in UTF-16 units; the message has no full stop. */
export interface RegexProblem {
  readonly status: 'error';
  readonly offset: number;
  readonly message: string;
  readonly mend: string;
}

export type ParsedRegex = { readonly status: 'ok'; readonly regex: Regex } | RegexProblem;
