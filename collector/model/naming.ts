import type { PartitionValues } from './partition.ts';
import { trimPath } from './partition-path.ts';

/** A dataset or job as OpenLineage identifies it. */
export interface Identifier {
  readonly namespace: string;
  readonly name: string;
}

/** A dataset's one name, and the partition that the sent name carried. */
export interface NamedPartition extends Identifier {
  readonly values: PartitionValues;
}

/** One of several spellings of a namespace becomes the one that is meant; any other stays as it is. */
export type NamespaceResolver = (namespace: string) => string;

export type LetterCase = 'lower' | 'upper';

/** Systems that do not tell upper from lower case, whose clients spell as they like. */
export interface CaseRule {
  /** Of the namespace, after resolving: `hive` for hive://…, or the whole of one without (`bigquery`). */
  readonly scheme: string;
  readonly namespace: LetterCase | null;
  readonly name: LetterCase | null;
}

/** How names are spelled here, beside what OpenLineage's naming spec says of everyone (assay.yaml `naming`). */
export interface NamingRules {
  /** The first that changes a namespace decides. */
  readonly resolvers: readonly NamespaceResolver[];
  readonly cases: readonly CaseRule[];
}

export const NO_RULES: NamingRules = { resolvers: [], cases: [] };

const OBJECT_STORE = /^(s3|gs|abfss?|wasbs?|oss|cosn?|obs|tos):\/\//;
const PATH_LIKE =
  /^(s3|gs|abfss?|wasbs?|adl|oss|cosn?|obs|tos|hdfs|webhdfs|swebhdfs|ofs|o3fs|alluxio|file|dbfs|viewfs)(:|$)/;

/**
 * One spelling for names that differ only by the client that sent them: Hadoop's s3a and s3n are s3, an
 * object's key has no leading slash, neither part ends in one (OpenLineage naming spec); a StarRocks
 * frontend is the MySQL server that it is to every JDBC client; then the configured rules.
 */
export function canonicalIdentifier(
  namespace: string,
  name: string,
  { resolvers, cases }: NamingRules = NO_RULES,
): Identifier {
  const cased = inCase(
    cases,
    resolve(withoutSlash(namespace.replace(/^s3[an]:\/\//, 's3://')), resolvers),
    name,
  );
  if (!isPathLike(cased.namespace)) return cased;
  const withoutTail = cased.name.length > 1 ? cased.name.replace(/\/+$/, '') || '/' : cased.name;
  return {
    namespace: cased.namespace,
    name: OBJECT_STORE.test(cased.namespace) ? withoutTail.replace(/^\/+(?=.)/, '') : withoutTail,
  };
}

/** Canonical name without partition directories, which are told beside it. */
export function identify(namespace: string, name: string, rules: NamingRules = NO_RULES): NamedPartition {
  const identifier = canonicalIdentifier(namespace, name, rules);
  if (!isPathLike(identifier.namespace)) return { ...identifier, values: [] };
  const trimmed = trimPath(identifier.name);
  return { namespace: identifier.namespace, name: trimmed.name, values: trimmed.values };
}

/** Whether names in this namespace are paths, in which directories like dt=2026-01-01 tell a partition. */
export function isPathLike(namespace: string): boolean {
  return PATH_LIKE.test(namespace);
}

/** Whether a path is a whole bucket or file system, which holds many datasets and is none. */
export function isRoot({ namespace, name }: Identifier): boolean {
  return isPathLike(namespace) && /^[/.]*$/.test(name);
}

function withoutSlash(namespace: string): string {
  return namespace.length > 1 && !namespace.endsWith('://') ? namespace.replace(/\/+$/, '') : namespace;
}

const asMysql = (namespace: string): string => namespace.replace(/^starrocks:\/\//, 'mysql://');
const asStarrocks = (namespace: string): string => namespace.replace(/^mysql:\/\//, 'starrocks://');

// Nothing in mysql://fe:9030 tells that it is a StarRocks, but every starrocks:// speaks MySQL's protocol: so
// the two are one under the name that is always right, and a rule may be written for either.
function resolve(namespace: string, resolvers: readonly NamespaceResolver[]): string {
  const unified = asMysql(namespace);
  for (const spelling of new Set([unified, asStarrocks(unified)])) {
    for (const resolver of resolvers) {
      const resolved = resolver(spelling);
      if (resolved !== spelling && resolved !== '') return asMysql(withoutSlash(resolved));
    }
  }
  return unified;
}

function inCase(cases: readonly CaseRule[], namespace: string, name: string): Identifier {
  const rule = cases.find(({ scheme }) => namespace === scheme || namespace.startsWith(`${scheme}:`));
  if (!rule) return { namespace, name };
  return { namespace: letters(namespace, rule.namespace), name: letters(name, rule.name) };
}

function letters(text: string, to: LetterCase | null): string {
  if (to === null) return text;
  return to === 'lower' ? text.toLowerCase() : text.toUpperCase();
}
