import type { Scope } from '#model/predicate.ts';

import { MAX_BASELINE_POINTS } from './parse-metric.ts';
import { parseCount } from './parse-number.ts';
import type { TokenReader } from './tokens.ts';

/** scope = "partition" | "table" | "last" "(" n ")" */
export function parseScope(reader: TokenReader): { scope: Scope; end: TokenReader['current'] } {
  const token = reader.current;
  if (reader.takeWord('partition')) return { scope: { type: 'partition' }, end: token };
  if (reader.takeWord('table')) return { scope: { type: 'table' }, end: token };
  if (!reader.takeWord('last')) return reader.fail('partition, table or last(n)', 'For example: on table.');
  reader.expectSymbol('(', 'For example: on last(7).');
  const message = `last covers a whole number of partitions, 1 to ${MAX_BASELINE_POINTS}`;
  const partitions = parseCount(reader, MAX_BASELINE_POINTS, message, 'For example: on last(7).');
  const end = reader.expectSymbol(')', 'Close the bracket.');
  return { scope: { type: 'last', partitions }, end };
}
