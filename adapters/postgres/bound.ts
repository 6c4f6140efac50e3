/** The values in a partition bound as PostgreSQL prints it (pg_get_expr of relpartbound), without their quotes. */
export interface Bound {
  readonly kind: 'list' | 'range';
  readonly values: readonly string[];
}

/** Reads `FOR VALUES IN ('eu')` or `FOR VALUES FROM ('2001-01-01') TO ('2001-01-02')`; null for any other bound. */
export function readBound(text: string): Bound | null {
  const list = /^FOR VALUES IN \((.*)\)$/s.exec(text);
  if (list) return { kind: 'list', values: constants(list[1] ?? '') };
  const range = /^FOR VALUES FROM \((.*)\) TO \((.*)\)$/s.exec(text);
  return range
    ? { kind: 'range', values: [...constants(range[1] ?? ''), ...constants(range[2] ?? '')] }
    : null;
}

function constants(text: string): string[] {
  const found: string[] = [];
  for (const [, quoted, bare] of text.matchAll(/'((?:[^']|'')*)'|([^',\s]+)/g)) {
    found.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll("''", "'"));
  }
  return found;
}
