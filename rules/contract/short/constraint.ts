import { nearest } from '../../spelling.ts';
import { CONSTRAINTS } from './short-form.ts';

export type ConstraintWord = (typeof CONSTRAINTS)[number];

export interface Constraint {
  readonly name: ConstraintWord;
  readonly values: readonly (string | number | boolean)[];
}

export type ParsedConstraint =
  | { readonly status: 'ok'; readonly constraint: Constraint }
  | { readonly status: 'error'; readonly message: string; readonly mend: string };

type Kind = 'nothing' | 'number' | 'bound' | 'count' | 'text' | 'values';

const TAKES: Readonly<Record<ConstraintWord, readonly [kind: Kind, example: string]>> = {
  min_value: ['bound', 'min_value(0)'],
  max_value: ['bound', 'max_value(100)'],
  above: ['bound', 'above(0)'],
  below: ['bound', 'below(100)'],
  multiple_of: ['number', 'multiple_of(0.5)'],
  min_length: ['count', 'min_length(1)'],
  max_length: ['count', 'max_length(64)'],
  pattern: ['text', "pattern('^[A-Z]{3}$')"],
  one_of: ['values', "one_of('paid', 'open')"],
  not_null: ['nothing', 'not_null'],
  unique: ['nothing', 'unique'],
};

const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Reads a column's constraint: `min_value(0)`, `one_of('paid', 'open')`, `not_null`. Nulls are not its business. */
export function parseConstraint(text: string): ParsedConstraint {
  const [, word = '', written] = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\(([^]*)\))?\s*$/.exec(text) ?? [];
  const name = CONSTRAINTS.find((candidate) => candidate === word.toLowerCase());
  if (name === undefined) {
    const meant = nearest(word === '' ? text : word, CONSTRAINTS);
    return {
      status: 'error',
      message: `"${text}" is not a constraint`,
      mend:
        meant === null
          ? `The constraints are ${CONSTRAINTS.map((one) => TAKES[one][1]).join(', ')}.`
          : `Did you mean ${TAKES[meant as ConstraintWord][1]}?`,
    };
  }
  const [kind, example] = TAKES[name];
  const values = readValues(written ?? '');
  if (values !== null && fits(kind, values)) return { status: 'ok', constraint: { name, values } };
  const found = (written ?? '').trim();
  return {
    status: 'error',
    message: `${name} needs ${NEEDS[kind]}, found "${found}"`,
    mend: `For example: ${example}.`,
  };
}

const NEEDS: Readonly<Record<Kind, string>> = {
  nothing: 'nothing in brackets',
  number: 'one number above 0',
  bound: 'one number',
  count: 'one whole number',
  text: "one text in quotes ('…')",
  values: "numbers or texts in quotes ('…')",
};

function fits(kind: Kind, values: Constraint['values']): boolean {
  const [first] = values;
  if (kind === 'nothing') return values.length === 0;
  if (kind === 'values') return values.length > 0;
  if (values.length !== 1) return false;
  if (kind === 'number') return typeof first === 'number' && first > 0;
  if (kind === 'count') return typeof first === 'number' && Number.isInteger(first) && first >= 0;
  if (kind === 'text') return typeof first === 'string';
  return typeof first !== 'boolean';
}

/** `5`, `'a', "b"`, `true`; null when that is no list of values. Quotes inside a text are doubled. */
function readValues(text: string): readonly (string | number | boolean)[] | null {
  const values: (string | number | boolean)[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [piece] = /^(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\s,'"()]+)/.exec(rest) ?? [];
    if (piece === undefined) return null;
    const quote = piece.charAt(0);
    if (quote === "'" || quote === '"') values.push(piece.slice(1, -1).replaceAll(quote + quote, quote));
    else if (/^(?:true|false)$/i.test(piece)) values.push(piece.toLowerCase() === 'true');
    else if (NUMBER.test(piece) && Number.isFinite(Number(piece)))
      values.push(Number(piece) === 0 ? 0 : Number(piece));
    else return null;
    rest = rest.slice(piece.length).trim();
    if (rest === '') break;
    if (!rest.startsWith(',')) return null;
    rest = rest.slice(1).trim();
    if (rest === '') return null;
  }
  return values;
}

/** The canonical text: `min_value(0)`, `one_of('a', 5)`. */
export function printConstraint({ name, values }: Constraint): string {
  if (values.length === 0) return name;
  const texts = values.map((value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value),
  );
  return `${name}(${texts.join(', ')})`;
}
