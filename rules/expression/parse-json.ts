import type { Operand, Predicate } from '#model/predicate.ts';

import { parseJsonPath } from '../json/path.ts';
import { readJsonSchema } from '../json/schema.ts';
import type { Token } from './lex.ts';
import { join, type TokenReader } from './tokens.ts';

/** `", '$.a.b')"`: the path of a function that looks into a text of JSON, and its closing bracket. */
export function parseJsonEnd(
  reader: TokenReader,
  name: string,
): { readonly path: readonly (string | number)[]; readonly close: Token } {
  const example = `For example: ${name}(payload, '$.address.city').`;
  reader.expectSymbol(',', `Say where in it. ${example}`);
  const token = reader.current;
  if (token.kind !== 'text') return reader.fail('a path in single quotes', example);
  reader.advance();
  const parsed = parseJsonPath(token.text);
  if (parsed.status === 'error') {
    const quotes = token.text.slice(0, parsed.offset).split("'").length - 1;
    const offset = token.span.offset + 1 + parsed.offset + quotes;
    return reader.problem({ offset, length: 1 }, parsed.message, parsed.mend);
  }
  return { path: parsed.path, close: reader.expectSymbol(')', `${name} takes a text and a path.`) };
}

/** `json_schema '{"type": "object"}'` after `matches`; the current token is the word. */
export function parseJsonSchema(reader: TokenReader, operand: Operand, negated: boolean): Predicate {
  reader.advance();
  const token = reader.current;
  if (token.kind !== 'text')
    return reader.fail(
      'a JSON Schema in single quotes',
      `For example: payload matches json_schema '{"type": "object", "required": ["id"]}'.`,
    );
  reader.advance();
  const read = readJsonSchema(token.text);
  if (read.status === 'error') return reader.problem(token.span, read.message, read.mend);
  const span = join(operand.span, token.span);
  return { type: 'matches_schema', negated, operand, schema: read.text, span };
}
