/** A dataset or job as OpenLineage identifies it. */
export interface Identifier {
  readonly namespace: string;
  readonly name: string;
}

const OBJECT_STORE = /^(s3|gs|abfss?|wasbs?|oss|cosn?):\/\//;
const PATH_LIKE = /^(s3|gs|abfss?|wasbs?|oss|cosn?|hdfs|file|dbfs|viewfs)(:|$)/;

/**
 * One spelling for names that differ only by the client that sent them: Hadoop's s3a and s3n are s3, an
 * object's key has no leading slash, neither part ends in one (OpenLineage naming spec).
 */
export function canonicalIdentifier(namespace: string, name: string): Identifier {
  const unified = namespace.replace(/^s3[an]:\/\//, 's3://');
  const trimmed = unified.length > 1 && !unified.endsWith('://') ? unified.replace(/\/+$/, '') : unified;
  if (!isPathLike(trimmed)) return { namespace: trimmed, name };
  const withoutTail = name.length > 1 ? name.replace(/\/+$/, '') || '/' : name;
  return {
    namespace: trimmed,
    name: OBJECT_STORE.test(trimmed) ? withoutTail.replace(/^\/+(?=.)/, '') : withoutTail,
  };
}

/** Whether names in this namespace are paths, in which directories like dt=2026-01-01 tell a partition. */
export function isPathLike(namespace: string): boolean {
  return PATH_LIKE.test(namespace);
}
