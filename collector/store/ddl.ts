import type { Statement } from './sql.ts';

const PIECE = Symbol('ddl piece');

/** A quoted identifier or literal: all that may be spliced into a `ddl` template. */
export interface DdlPiece {
  readonly [PIECE]: string;
}

/** Quotes a (schema-qualified) name: `identifier('assay', 'raw_event')` is `"assay"."raw_event"`. */
export function identifier(...path: readonly string[]): DdlPiece {
  if (path.length === 0 || path.some((name) => name === '' || name.includes('\0'))) {
    throw new RangeError('an SQL identifier may neither be empty nor hold a NUL');
  }
  return { [PIECE]: path.map((name) => `"${name.replaceAll('"', '""')}"`).join('.') };
}

/** Several column names, `"a", "b"`. */
export function identifierList(names: readonly string[]): DdlPiece {
  return { [PIECE]: names.map((name) => identifier(name)[PIECE]).join(', ') };
}

/** Quotes a text or an instant as a literal, where DDL takes no parameter. */
export function literal(value: string | Date): DdlPiece {
  const text = value instanceof Date ? value.toISOString() : value;
  const escaped = text.replaceAll("'", "''");
  return { [PIECE]: text.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'` };
}

/**
 * Builds a statement that takes no parameters (CREATE, DROP, LOCK, …). Unlike `sql` it is not checked by
 * PREPARE, so a function that uses it needs a test that runs it.
 */
export function ddl(strings: TemplateStringsArray, ...pieces: readonly DdlPiece[]): Statement {
  return { text: String.raw({ raw: strings }, ...pieces.map((piece) => piece[PIECE])), values: [] };
}
