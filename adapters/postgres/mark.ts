/**
 * What Assay writes on a table it published or kept: the comment of the table as JSON, under the key
 * `assay`, so that the target itself carries the token of its publication.
 */
export interface Mark {
  /** Token of the publication (or rollback) that put the table where it is. */
  readonly token: string | null;
  /** Version of the data under that token; null when it was never measured. */
  readonly version: string | null;
  /** Set on a table that was taken out of the target and is kept for a rollback. */
  readonly kept?: true;
}

/** The mark in a comment, or null. */
export function readMark(comment: string | null): Mark | null {
  const mark = parseObject(comment)?.['assay'];
  if (typeof mark !== 'object' || mark === null) return null;
  const { token, version, kept } = mark as Record<string, unknown>;
  return {
    token: typeof token === 'string' ? token : null,
    version: typeof version === 'string' ? version : null,
    ...(kept === true ? { kept } : {}),
  };
}

/** The comment with the mark in it. A comment in words is kept under `comment`. */
export function withMark(comment: string | null, mark: Mark): string {
  const words = comment === null || comment === '' ? {} : (parseObject(comment) ?? { comment });
  return JSON.stringify({ ...words, assay: mark });
}

function parseObject(comment: string | null): Record<string, unknown> | null {
  if (comment === null) return null;
  try {
    const value: unknown = JSON.parse(comment);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
