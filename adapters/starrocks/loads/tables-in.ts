import type { TableName } from '../names.ts';

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|`((?:[^`])+)`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|([\p{L}_$][\p{L}\p{N}_$]*)|(\d[\w.]*)|(.)/gsuy;

interface Token {
  /** `name` is quoted, `word` may be a keyword. */
  readonly kind: 'word' | 'name' | 'symbol' | 'other';
  readonly text: string;
}

/** Statements longer than this are not read: they come masked or cut. */
const LONGEST = 1_000_000;

/**
 * The tables of the internal catalog that a statement reads, in order, each once: what stands after FROM and JOIN and
 * in lists after FROM. Names of WITH are none. A reading, not a proof: what a frontend runs it has parsed itself.
 * @param database of names without one.
 */
export function tablesIn(statement: string, database: string): TableName[] {
  const tokens = statement.length > LONGEST ? [] : lex(statement);
  const names = new Set<string>();
  const found = new Map<string, TableName>();
  tokens.forEach((token, at) => {
    if (is(token, 'AS') && is(tokens[at + 1], '(') && tokens[at - 1] !== undefined)
      names.add(tokens[at - 1]?.text ?? '');
  });
  // One entry for each open parenthesis: `extract(day from d)` has no SELECT of its own.
  const stack = [{ selects: true, inFrom: false }];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const before = tokens[at - 1];
    // `from (a join b …)`
    const groups =
      is(token, '(') &&
      stack.at(-1)?.inFrom === true &&
      ['FROM', 'JOIN', ',', '('].some((text) => is(before, text));
    if (is(token, '(')) stack.push({ selects: groups, inFrom: groups });
    else if (is(token, ')') && stack.length > 1) stack.pop();
    const here = stack.at(-1);
    if (here === undefined) break;
    if (is(token, 'SELECT')) here.selects = true;
    if (ENDS.some((word) => is(token, word))) here.inFrom = false;
    const begins = (is(token, 'FROM') && here.selects) || is(token, 'JOIN') || groups;
    if (begins) here.inFrom = true;
    if (['SELECT', 'WITH', 'LATERAL'].some((text) => is(tokens[at + 1], text))) continue;
    if (!begins && !(here.inFrom && is(token, ','))) continue;
    const table = nameAt(tokens, at + 1);
    // `from files(…)` and subqueries are no tables.
    if (table === null || is(tokens[table.next], '(')) continue;
    const [catalog, ...rest] = table.parts.length === 3 ? table.parts : ['default_catalog', ...table.parts];
    if (catalog !== 'default_catalog') continue;
    const [db, name] = rest.length === 2 ? rest : [database, rest[0]];
    if (name === undefined || db === undefined || (rest.length === 1 && names.has(name))) continue;
    found.set(`${db}.${name}`, { database: db, table: name });
  }
  return [...found.values()];
}

const ENDS = ['WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'UNION', 'EXCEPT', 'INTERSECT', 'SELECT'];

/** The table that INSERT INTO, INSERT OVERWRITE or CREATE TABLE … AS writes; null for what writes none. */
export function targetIn(statement: string, database: string): TableName | null {
  const tokens = statement.length > LONGEST ? [] : lex(statement);
  const at = tokens.findIndex(
    (token, index) => (is(token, 'INTO') || is(token, 'OVERWRITE')) && is(tokens[index - 1], 'INSERT'),
  );
  const created = tokens.findIndex((token, index) => is(token, 'TABLE') && is(tokens[index - 1], 'CREATE'));
  let next = at >= 0 ? at + 1 : created + 1;
  if (next === 0) return null;
  while (['TABLE', 'IF', 'NOT', 'EXISTS'].some((word) => is(tokens[next], word))) next += 1;
  const table = nameAt(tokens, next);
  if (table === null || table.parts.length > 2 || (at >= 0 && is(tokens[next], 'FILES'))) return null;
  const [first = '', second] = table.parts;
  return second === undefined ? { database, table: first } : { database: first, table: second };
}

function nameAt(
  tokens: readonly Token[],
  from: number,
): { readonly parts: readonly string[]; readonly next: number } | null {
  const parts: string[] = [];
  let at = from;
  for (;;) {
    const token = tokens[at];
    if (token?.kind !== 'name' && token?.kind !== 'word') return null;
    parts.push(token.text);
    at += 1;
    if (!is(tokens[at], '.')) return parts.length > 3 ? null : { parts, next: at };
    at += 1;
  }
}

function is(token: Token | undefined, text: string): boolean {
  if (token === undefined || token.kind === 'name') return false;
  return token.text.toUpperCase() === text;
}

function lex(statement: string): Token[] {
  const tokens: Token[] = [];
  for (const [all, name, word, number, symbol] of statement.matchAll(TOKEN)) {
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (number !== undefined) tokens.push({ kind: 'other', text: number });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (/^['"]/.test(all)) tokens.push({ kind: 'other', text: all });
  }
  return tokens;
}
