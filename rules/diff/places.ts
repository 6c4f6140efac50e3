import type { SourcePosition } from '#model/contract.ts';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Change } from './change.ts';

/** Keys of the two dialects that the last part of a path stands for, when it is not its own name. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  type: ['type', 'physicalType', 'logicalType'],
  one_of: ['one_of', 'constraints', 'logicalTypeOptions', 'quality'],
  pattern: ['pattern', 'constraints', 'logicalTypeOptions'],
  range: ['constraints', 'logicalTypeOptions'],
  length: ['constraints', 'logicalTypeOptions'],
  multiple_of: ['constraints', 'logicalTypeOptions'],
  format: ['format', 'logicalTypeOptions'],
  timezone: ['timezone', 'logicalTypeOptions'],
  primary_key: ['primary_key', 'primaryKey'],
  classification: ['classification'],
  grain: ['partition'],
  watermark: ['partition'],
  freshness: ['sla'],
  publish_to: ['gate'],
  empty_partition: ['gate'],
  on_error: ['gate'],
  owner: ['owner', 'team', 'support'],
  sla: ['sla', 'slaProperties'],
};

/**
 * Points changes to the very key in the new file, where they point to the mapping that holds it; others stay. Also
 * says where the file states its version.
 */
export function locate(
  text: string,
  changes: readonly Change[],
): { readonly changes: readonly Change[]; readonly version: SourcePosition } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const positionAt = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const keysOf = new Map<string, ReadonlyMap<string, SourcePosition>>();
  const placeOf = ({ line, column }: SourcePosition): string => `${line}:${column}`;
  visit(document, {
    Map: (_, node) => {
      const keys = new Map<string, SourcePosition>();
      for (const { key } of node.items)
        if (isScalar(key) && typeof key.value === 'string')
          keys.set(key.value, positionAt(key.range?.[0] ?? 0));
      const place = placeOf(positionAt(node.range?.[0] ?? 0));
      // The outermost mapping of those that begin at one place.
      if (!keysOf.has(place)) keysOf.set(place, keys);
    },
  });
  const root = document.contents;
  const top = isMap(root) ? (keysOf.get(placeOf(positionAt(root.range?.[0] ?? 0))) ?? null) : null;
  const found = changes.map((change): Change => {
    if (change.position === null) return change;
    const keys = change.path.startsWith('/document') ? top : keysOf.get(placeOf(change.position));
    const position = keys && firstOf(keys, change.path);
    return position ? { ...change, position } : change;
  });
  return { changes: found, version: top?.get('version') ?? { line: 1, column: 1 } };
}

/** Parts of the path from the last to the first: the inmost that the mapping has a key for. */
function firstOf(keys: ReadonlyMap<string, SourcePosition>, path: string): SourcePosition | null {
  for (const part of path.split('/').slice(2).toReversed().slice(0, 3)) {
    const camel = part.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const names = (Object.hasOwn(KEYS, part) ? KEYS[part] : undefined) ?? [part, camel];
    for (const name of names) {
      const position = keys.get(name);
      if (position) return position;
    }
  }
  return null;
}
