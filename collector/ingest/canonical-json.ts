/** JSON.rawJSON and the reviver's third argument (ECMAScript's "JSON.parse source text access") are too new for the compiler's library. */
interface SourceAccess {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}

const LONG_NUMBER = /\d{16}/;
const WHOLE_NUMBER = /^-?\d{16,100}$/;

/** A whole number that a JavaScript number cannot hold, as it was written: snapshot ids have 64 bits. */
class LongNumber {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Parses a JSON text; whole numbers of more than 15 digits inside keep all of them for `canonicalJson`. */
export function parseExactly(text: string): unknown {
  // A text that is a number and nothing else is one for its reader too.
  if (!LONG_NUMBER.test(text) || /^\s*-?\d/.test(text)) return JSON.parse(text);
  return (JSON as SourceAccess).parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && WHOLE_NUMBER.test(source)
      ? new LongNumber(source)
      : value,
  );
}

/**
 * The one text of a JSON value: members sorted by name, no white space, lone surrogates replaced (Postgres
 * refuses them). Equal values, however they were written, have equal texts. The envelope limits the depth.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (value instanceof LongNumber) return value.digits;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .map(([name, member]) => [name.toWellFormed(), member] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
