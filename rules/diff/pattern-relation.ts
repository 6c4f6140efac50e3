import { compareRegexes } from '../regex/compare.ts';
import { parseRegex } from '../regex/parse.ts';
import { ofLimits, type Relation } from './relation.ts';

/** How the texts that match two patterns relate; null for no pattern at all. */
export function patternRelation(before: string | null, after: string | null): Relation {
  if (before === after) return 'same';
  if (before === null || after === null) return ofLimits(before === null ? 1 : 0, after === null ? 1 : 0);
  const [was, is] = [parseRegex(before), parseRegex(after)];
  if (was.status === 'error' || is.status === 'error') return 'other';
  switch (compareRegexes(was.regex, is.regex)) {
    case 'same':
      return 'same';
    case 'wider':
      return 'looser';
    case 'narrower':
      return 'tighter';
    default:
      return 'other';
  }
}
