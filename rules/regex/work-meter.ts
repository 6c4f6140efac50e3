import { MAX_WORK } from './limits.ts';
import { RegexError } from './problem.ts';

/** Bounds what judging one pattern may cost. */
export class WorkMeter {
  #left = MAX_WORK;

  /** Throws RegexError when all is spent. @param offset where in the pattern */
  spend(offset: number): void {
    this.#left -= 1;
    if (this.#left < 0)
      throw new RegexError(
        offset,
        'The expression is too complicated to show that it is harmless',
        'Write smaller numbers in braces and fewer optional parts, or several checks.',
      );
  }
}
