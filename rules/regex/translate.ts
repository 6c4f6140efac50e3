import { impossible } from '../impossible.ts';
import { complement } from './code-points.ts';
import { mergeSets } from './simplify.ts';
import type { CodePointRange, Regex, RegexNode } from './tree.ts';

/** Engines that expressions are written for. `mysql` serves MariaDB (PCRE) as well as MySQL (ICU). */
export type RegexDialect = 'postgres' | 'mysql' | 'starrocks' | 'clickhouse' | 'spark' | 'trino' | 'duckdb';

interface Spelling {
  /** Written before the expression. */
  readonly prefix: string;
  readonly start: string;
  readonly end: string;
  /** Any character at all, the line feed too. */
  readonly any: string;
  /** A control character. */
  readonly control: (codePoint: number) => string;
}

const braced = (codePoint: number): string => `\\x{${codePoint.toString(16)}}`;
const four = (codePoint: number): string => `\\u${codePoint.toString(16).padStart(4, '0')}`;

/** `$` alone is also before a last line feed in PCRE, ICU and Java: what stands here never is. */
const RE2: Spelling = { prefix: '', start: '\\A', end: '\\z', any: '(?s:.)', control: braced };
const JAVA: Spelling = { prefix: '', start: '\\A', end: '\\z', any: '(?s:.)', control: four };
const SPELLINGS: Readonly<Record<RegexDialect, Spelling>> = {
  postgres: { prefix: '', start: '\\A', end: '\\Z', any: '.', control: four },
  // By default the collation would decide on capitals.
  mysql: { prefix: '(?-i)', start: '\\A', end: '\\z', any: '(?s:.)', control: braced },
  starrocks: RE2,
  clickhouse: RE2,
  duckdb: RE2,
  spark: JAVA,
  trino: JAVA,
};

/**
 * The expression for an engine, to be searched in a text: `~` (PostgreSQL), `regexp` (MySQL, StarRocks), `match`
 * (ClickHouse), `rlike` (Spark), `regexp_like` (Trino), `regexp_matches` (DuckDB). Bind it as a parameter or write
 * it as a literal with the engine's own escapes. Nothing in it depends on flags, locales or versions: `.` and all
 * classes are written out as ranges of code points.
 */
export function translateRegex(regex: Regex, dialect: RegexDialect): string {
  const spelling = SPELLINGS[dialect];
  const text = written(mergeSets(regex.tree), spelling);
  // Found in every text, and valid where an empty expression is not.
  return spelling.prefix + (text === '' ? spelling.start : text);
}

function written(node: RegexNode, spelling: Spelling): string {
  switch (node.type) {
    case 'empty':
      return '';
    case 'set':
      return set(node.ranges, spelling);
    case 'start':
    case 'end':
      return spelling[node.type];
    case 'sequence':
      return node.items
        .map((item) => (item.type === 'alternation' ? grouped(item, spelling) : written(item, spelling)))
        .join('');
    case 'alternation':
      return node.items.map((item) => written(item, spelling)).join('|');
    case 'repeat': {
      const item = node.item.type === 'set' ? written(node.item, spelling) : grouped(node.item, spelling);
      return item + quantifier(node.min, node.max);
    }
    default:
      return impossible(node);
  }
}

function grouped(node: RegexNode, spelling: Spelling): string {
  return `(?:${written(node, spelling)})`;
}

function quantifier(min: number, max: number | null): string {
  if (max === null) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function set(ranges: readonly CodePointRange[], spelling: Spelling): string {
  const [only] = ranges;
  if (only && ranges.length === 1 && only.low === only.high) return character(only.low, spelling);
  const opposite = complement(ranges);
  // No engine has a class of everything.
  if (opposite.length === 0) return spelling.any;
  const negated = opposite.length < ranges.length || ranges.some(({ low }) => low === 0);
  const members = (negated ? opposite : ranges).map(({ low, high }) => {
    const [first, last] = [character(low, spelling), character(high, spelling)];
    if (low === high) return first;
    return high === low + 1 ? first + last : `${first}-${last}`;
  });
  return `[${negated ? '^' : ''}${members.join('')}]`;
}

function character(codePoint: number, spelling: Spelling): string {
  if (codePoint < 32 || codePoint === 127) return spelling.control(codePoint);
  const text = String.fromCodePoint(codePoint);
  // A space is a sign too: no engine skips it when it is escaped or in a class.
  return /[!-/:-@[-`{-~]/.test(text) && text !== '_' ? `\\${text}` : text;
}
