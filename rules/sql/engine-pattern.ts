import type { DialectName } from '#model/ports.ts';

import { parseRegex } from '../regex/parse.ts';
import { translateRegex } from '../regex/translate.ts';
import { SqlRefusal } from './refusal.ts';

/** A pattern of the portable subset as the engine of that dialect reads it. Throws SqlRefusal. */
export function enginePattern(pattern: string, dialect: DialectName): string {
  const parsed = parseRegex(pattern);
  if (parsed.status === 'error')
    throw new SqlRefusal(`The pattern ${JSON.stringify(pattern)}: ${parsed.message}`, parsed.mend);
  return translateRegex(parsed.regex, dialect);
}
