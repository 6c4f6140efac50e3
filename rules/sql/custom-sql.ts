import type { DialectName } from '#model/ports.ts';

import { type CustomToken, customTokens } from './custom-sql-tokens.ts';
import { SqlRefusal } from './refusal.ts';

/** What the placeholders of a query become: compiled names and conditions, never the author's text. */
export interface CustomNames {
  /** The rows to read, as they stand after `from`. */
  readonly dataset: string;
  /** The condition for the partition's rows. */
  readonly partition: string;
  /** The quoted column of a check on a column; null when there is none. */
  readonly column: string | null;
}

/** Longest query, in UTF-16 units. */
const MAX_LENGTH = 20_000;

/** Words that only statements which change something have, or that reach out of the query. */
const FORBIDDEN = new Set(
  (
    'insert update delete merge upsert drop alter create truncate rename grant revoke call do copy into outfile ' +
    'dumpfile set reset lock unlock vacuum analyze analyse execute exec prepare deallocate attach detach pragma load ' +
    'install export import replace handler kill use begin commit rollback savepoint start listen notify unlisten ' +
    'declare fetch move cluster reindex refresh checkpoint discard security optimize repair flush shutdown settings ' +
    'format uescape submit admin cancel stop backup restore summarize explain describe show procedure returning'
  ).split(' '),
);

/** Of those, words that are names of harmless functions too when a bracket follows. */
const ALSO_FUNCTIONS = new Set(['replace', 'insert', 'truncate', 'format', 'move']);

/** Functions that write, wait, reach the network, the disk or other sessions. */
const FORBIDDEN_FUNCTIONS: readonly RegExp[] = [
  /^pg_(?!typeof$|size_pretty$|column_size$)/,
  /^(?:lo|dblink|xp|sys|dbms|utl)_/,
  /^dblink/,
  /sleep/,
  /^(?:benchmark|load_file|get_lock|release_lock|release_all_locks|is_free_lock|is_used_lock|master_pos_wait)$/,
  /^(?:source_pos_wait|master_gtid_wait|wait_for_executed_gtid_set|wait_until_sql_thread_after_gtids)$/,
  /^(?:nextval|setval|lastval|set_config|current_setting|query_to_xml\w*|table_to_xml\w*|cursor_to_xml\w*|schema_to_xml\w*|database_to_xml\w*)$/,
  /^(?:ts_stat|txid_\w+|convert_from_file|inet_\w+_addr|xmlparse|system|exec|shell|java_method|reflect|http\w*)$/,
  /^(?:read|scan|glob|sniff|parquet|iceberg|delta|sqlite|postgres|mysql|arrow|duckdb|hudi|paimon|excel|st_read)(?:_|$)/,
  /_scan(?:ner)?$/,
  /^(?:file|files|url|s3|s3cluster|hdfs|remote|remotesecure|cluster|clusterallreplicas|mysql|postgresql|mongodb|redis|odbc|jdbc|sqlite|input|executable|azureblobstorage|gcs|urlcluster|filecluster|getenv|getvariable|deltalake|merge|dictionary|loop)$/,
  /^(?:sequence|query|query_table|raise_error|throwif|external_query|catalog_\w+|table_changes|from_json_file)$/,
];

/**
 * A query of an author's, made safe to run: one SELECT that only reads, without comments, its placeholders filled
 * in. It runs in a read-only transaction with a time limit as well; this is the first fence, not the only one.
 * Throws SqlRefusal.
 */
export function guardCustomSql(query: string, dialect: DialectName, names: CustomNames): string {
  if (query.length > MAX_LENGTH)
    throw new SqlRefusal(
      `The query is longer than ${MAX_LENGTH} characters`,
      'Put a part of it into a view.',
    );
  const tokens = withoutEnd(customTokens(query, dialect));
  const words = tokens.filter(({ type }) => type !== 'space');
  const first = words[0]?.text.toLowerCase();
  if (words[0]?.type !== 'word' || (first !== 'select' && first !== 'with'))
    throw new SqlRefusal('The query does not begin with SELECT or WITH', 'Checks only read; write a SELECT.');
  checkBrackets(words);
  for (const [position, token] of words.entries()) checkToken(words, position, token);
  return tokens.map((token) => filled(token, names)).join('');
}

/** Drops white space and one semicolon at the end; any other is refused. */
function withoutEnd(tokens: readonly CustomToken[]): CustomToken[] {
  const kept = [...tokens];
  const trim = (): void => {
    while (kept.at(-1)?.type === 'space') kept.pop();
  };
  trim();
  if (kept.at(-1)?.text === ';') kept.pop();
  trim();
  if (kept.some(({ type, text }) => type === 'symbol' && text === ';'))
    throw new SqlRefusal('The query has more than one statement', 'Write one SELECT without a semicolon.');
  return kept;
}

function checkBrackets(words: readonly CustomToken[]): void {
  let depth = 0;
  for (const { type, text } of words) {
    if (type !== 'symbol') continue;
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (depth < 0) break;
  }
  if (depth !== 0) throw new SqlRefusal('The brackets of the query do not match', 'Close each bracket once.');
}

function checkToken(words: readonly CustomToken[], position: number, token: CustomToken): void {
  const next = words[position + 1];
  const called = next?.type === 'symbol' && next.text === '(';
  const before = words[position - 1];
  if (token.type === 'quoted') {
    // A quoted name in front of a bracket would be a function in disguise.
    if (called && !token.text.startsWith("'")) checkFunction(token.text.slice(1, -1));
    return;
  }
  if (token.type !== 'word') return;
  const word = token.text.toLowerCase();
  if (called) checkFunction(word);
  const isName = before?.type === 'symbol' && before.text === '.';
  if (FORBIDDEN.has(word) && !isName && !(called && ALSO_FUNCTIONS.has(word)))
    throw new SqlRefusal(
      `The query has the word ${token.text.toUpperCase()}`,
      'Checks only read; a column of that name must stand in quotes.',
    );
  const following = next?.text.toLowerCase() ?? '';
  if (word === 'for' && ['update', 'share', 'no', 'key'].includes(following))
    throw new SqlRefusal('The query locks rows', 'Leave FOR UPDATE and FOR SHARE out.');
}

function checkFunction(name: string): void {
  if (
    !/^[\p{L}\p{N}_]+$/u.test(name) ||
    FORBIDDEN_FUNCTIONS.some((pattern) => pattern.test(name.toLowerCase()))
  )
    throw new SqlRefusal(`The query calls ${name}`, 'Checks only read tables: that function is not allowed.');
}

function filled({ type, text }: CustomToken, names: CustomNames): string {
  if (type !== 'placeholder') return text;
  if (text === '{dataset}') return names.dataset;
  if (text === '{partition}') return names.partition;
  if (names.column === null)
    throw new SqlRefusal(
      'The query has {column}, and the check is about no column',
      'Name the column itself.',
    );
  return names.column;
}
