/**
 * The part of StarRocks's grammar (fe-grammar StarRocks.g4) that publishing and reading the catalogue use. What it does
 * not know is refused, as a frontend refuses what it cannot parse.
 */
export interface Name {
  readonly database: string;
  readonly table: string;
}

export interface Select {
  readonly table: Name;
  readonly partition: string | null;
  readonly temporary: boolean;
}

export type Statement =
  | {
      readonly type: 'add_partition';
      readonly table: Name;
      readonly temporary: boolean;
      readonly partition: string;
      readonly value: string;
    }
  | { readonly type: 'drop_temporary'; readonly table: Name; readonly partition: string }
  | {
      readonly type: 'replace';
      readonly table: Name;
      readonly formal: readonly string[];
      readonly temporary: readonly string[];
    }
  | { readonly type: 'swap'; readonly table: Name; readonly other: string }
  | { readonly type: 'rename'; readonly table: Name; readonly to: string }
  | { readonly type: 'create_like'; readonly table: Name; readonly model: Name }
  | { readonly type: 'create_table'; readonly table: Name; readonly keyed: boolean }
  | { readonly type: 'drop_table'; readonly table: Name }
  | {
      readonly type: 'insert';
      readonly overwrite: boolean;
      readonly table: Name;
      readonly partition: string | null;
      readonly temporary: boolean;
      readonly label: string | null;
      readonly source: Select | null;
      readonly values: readonly string[];
    }
  | { readonly type: 'show_routine_loads'; readonly database: string }
  | { readonly type: 'pause'; readonly database: string; readonly job: string }
  | { readonly type: 'resume'; readonly database: string; readonly job: string }
  | {
      readonly type: 'catalog';
      readonly columns: readonly string[];
      readonly view: string;
      readonly equals: ReadonlyMap<string, string>;
    };

export class SyntaxFault extends Error {}

type Token = { readonly kind: 'word' | 'name' | 'text' | 'number' | 'symbol'; readonly text: string };

const TOKEN =
  /\s+|`([^`\0]+)`|'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.|"")*)"|([A-Za-z_$][A-Za-z0-9_$]*)|(\d+)|(<=|>=|!=|<>|[[\]().,=*<>])/y;

function lex(sql: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sql.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(sql);
    if (!match) throw new SyntaxFault(`Getting syntax error at position ${at}: '${sql.slice(at, at + 20)}'`);
    const [, name, single, double, word, number, symbol] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (single !== undefined) tokens.push({ kind: 'text', text: single.replaceAll(/\\(.)/g, '$1') });
    else if (double !== undefined) tokens.push({ kind: 'text', text: double.replaceAll(/\\(.)/g, '$1') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
  }
  return tokens;
}

class Reader {
  #at = 0;
  readonly #tokens: readonly Token[];

  constructor(sql: string) {
    this.#tokens = lex(sql);
  }

  take(text: string): boolean {
    const token = this.#tokens[this.#at];
    const matches =
      (token?.kind === 'word' && token.text.toUpperCase() === text) ||
      (token?.kind === 'symbol' && token.text === text);
    if (matches) this.#at += 1;
    return matches;
  }

  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.take(text)) this.fail(`expecting ${text}`);
  }

  name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name' && token?.kind !== 'word') return this.fail('expecting an identifier');
    this.#at += 1;
    return token.text;
  }

  text(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'text' && token?.kind !== 'number') return this.fail('expecting a constant');
    this.#at += 1;
    return token.text;
  }

  table(): Name {
    const database = this.name();
    this.expect('.');
    return { database, table: this.name() };
  }

  names(): string[] {
    this.expect('(');
    const found = [this.name()];
    while (this.take(',')) found.push(this.name());
    this.expect(')');
    return found;
  }

  texts(): string[] {
    this.expect('(');
    const found = [this.text()];
    while (this.take(',')) found.push(this.text());
    this.expect(')');
    return found;
  }

  end(): void {
    if (this.#at < this.#tokens.length) this.fail('expecting the end');
  }

  fail(expected: string): never {
    throw new SyntaxFault(
      `Getting syntax error near '${this.#tokens[this.#at]?.text ?? '<EOF>'}'. Detail message: ${expected}.`,
    );
  }
}

/** Parses one statement. Throws a SyntaxFault. */
export function parseStatement(sql: string): Statement {
  const reader = new Reader(sql);
  const statement = parse(reader);
  reader.end();
  return statement;
}

function parse(reader: Reader): Statement {
  if (reader.take('SELECT')) return catalogSelect(reader);
  if (reader.take('INSERT')) return insert(reader);
  if (reader.take('CREATE')) return create(reader);
  if (reader.take('DROP')) {
    reader.expect('TABLE', 'IF', 'EXISTS');
    const table = reader.table();
    reader.take('FORCE');
    return { type: 'drop_table', table };
  }
  if (reader.take('SHOW')) {
    reader.expect('ALL', 'ROUTINE', 'LOAD', 'FROM');
    return { type: 'show_routine_loads', database: reader.name() };
  }
  for (const type of ['pause', 'resume'] as const)
    if (reader.take(type.toUpperCase())) {
      reader.expect('ROUTINE', 'LOAD', 'FOR');
      const { database, table: job } = reader.table();
      return { type, database, job };
    }
  reader.expect('ALTER');
  reader.expect('TABLE');
  return alterTable(reader, reader.table());
}

function alterTable(reader: Reader, table: Name): Statement {
  if (reader.take('SWAP')) {
    reader.expect('WITH');
    return { type: 'swap', table, other: reader.name() };
  }
  if (reader.take('RENAME')) return { type: 'rename', table, to: reader.name() };
  if (reader.take('DROP')) {
    reader.expect('TEMPORARY', 'PARTITION', 'IF', 'EXISTS');
    const partition = reader.name();
    reader.take('FORCE');
    return { type: 'drop_temporary', table, partition };
  }
  if (reader.take('REPLACE')) {
    reader.expect('PARTITION');
    const formal = reader.names();
    reader.expect('WITH', 'TEMPORARY', 'PARTITION');
    const temporary = reader.names();
    if (reader.take('PROPERTIES')) properties(reader, ['strict_range', 'use_temp_partition_name']);
    return { type: 'replace', table, formal, temporary };
  }
  reader.expect('ADD');
  const temporary = reader.take('TEMPORARY');
  reader.expect('PARTITION', 'IF', 'NOT', 'EXISTS');
  const partition = reader.name();
  reader.expect('VALUES', '[');
  const lower = reader.texts();
  reader.expect(',');
  const upper = reader.texts();
  reader.expect(')');
  const value = `[types: [DATE]; keys: [${lower.join(', ')}]; ..types: [DATE]; keys: [${upper.join(', ')}]; )`;
  return { type: 'add_partition', table, temporary, partition, value };
}

function properties(reader: Reader, known: readonly string[]): void {
  reader.expect('(');
  do {
    const key = reader.text();
    if (!known.includes(key)) throw new SyntaxFault(`Unknown properties: {${key}}`);
    reader.expect('=');
    reader.text();
  } while (reader.take(','));
  reader.expect(')');
}

function create(reader: Reader): Statement {
  reader.expect('TABLE', 'IF', 'NOT', 'EXISTS');
  const table = reader.table();
  if (reader.take('LIKE')) return { type: 'create_like', table, model: reader.table() };
  reader.expect('(');
  do {
    reader.name();
    reader.expect('VARCHAR', '(');
    reader.text();
    reader.expect(')');
    if (reader.take('NOT')) reader.expect('NULL');
  } while (reader.take(','));
  reader.expect(')');
  const keyed = reader.take('PRIMARY');
  if (!keyed) reader.expect('DUPLICATE');
  reader.expect('KEY');
  reader.names();
  reader.expect('DISTRIBUTED', 'BY', 'HASH');
  reader.names();
  reader.expect('BUCKETS');
  reader.text();
  return { type: 'create_table', table, keyed };
}

function insert(reader: Reader): Statement {
  const overwrite = reader.take('OVERWRITE');
  if (!overwrite) reader.expect('INTO');
  const table = reader.table();
  const temporary = reader.take('TEMPORARY');
  let partition: string | null = null;
  if (temporary) reader.expect('PARTITION');
  if (temporary || reader.take('PARTITION')) [partition = null] = reader.names();
  let label: string | null = null;
  if (reader.take('WITH')) {
    reader.expect('LABEL');
    label = reader.name();
  }
  let source: Select | null = null;
  let values: string[] = [];
  if (reader.take('VALUES')) values = reader.texts();
  else {
    reader.expect('SELECT', '*', 'FROM');
    source = from(reader);
  }
  return { type: 'insert', overwrite, table, partition, temporary, label, source, values };
}

function from(reader: Reader): Select {
  const table = reader.table();
  const temporary = reader.take('TEMPORARY');
  if (temporary) reader.expect('PARTITION');
  const partition = temporary || reader.take('PARTITION') ? (reader.names()[0] ?? null) : null;
  return { table, partition, temporary };
}

function catalogSelect(reader: Reader): Statement {
  const columns = [reader.name()];
  while (reader.take(',')) columns.push(reader.name());
  reader.expect('FROM');
  const { database, table } = reader.table();
  if (database !== 'information_schema' && database !== 'sys')
    throw new SyntaxFault(`Unknown table '${database}.${table}' in this model.`);
  const equals = new Map<string, string>();
  if (reader.take('WHERE'))
    do {
      const column = reader.name();
      reader.expect('=');
      equals.set(column, reader.text());
    } while (reader.take('AND'));
  const view = database === 'sys' ? `sys.${table}` : table;
  return { type: 'catalog', columns, view, equals };
}
