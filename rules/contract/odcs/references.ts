import { plainMap, textAt, textsAt, type LocatedMap } from '../located.ts';
import type { Check, Relationship } from '#model/contract.ts';

/** What a reference points to: `receivers.id`, `schema/receivers_obj/properties/id`, or a list of them. */
export function referenceOf(
  relationship: LocatedMap,
  key: 'from' | 'to',
): { readonly table: string; readonly columns: readonly string[] } {
  const one = textAt(relationship, key);
  const parts = (one === null ? textsAt(relationship, key) : [one]).map(split);
  return { table: parts[0]?.table ?? '', columns: parts.map(({ column }) => column) };
}

/** The keys of a schema object that go over its columns. */
export function readRelationships(relationships: readonly LocatedMap[]): readonly Relationship[] {
  return relationships.map((relationship) => {
    const target = referenceOf(relationship, 'to');
    return {
      columns: referenceOf(relationship, 'from').columns,
      table: target.table,
      otherColumns: target.columns,
      enforced: false,
      position: relationship.at,
      carried: plainMap(relationship),
    };
  });
}

function split(reference: string): { readonly table: string; readonly column: string } {
  if (!reference.includes('/')) {
    const dot = reference.lastIndexOf('.');
    return { table: reference.slice(0, dot), column: reference.slice(dot + 1) };
  }
  const [, table = reference, column = ''] = /schema\/([^/]+)(?:\/properties\/(.+))?$/.exec(reference) ?? [];
  return { table, column: column.replaceAll('/properties/', '.') };
}

/** Says of relationships which of them a check of the contract holds the data to. */
export function withEnforcement(
  relationships: readonly Relationship[],
  checks: readonly Check[],
  nameOf: (property: string) => string,
): readonly Relationship[] {
  const held = new Set(
    checks.flatMap(({ expression: { condition } }) =>
      condition.type === 'references' && !condition.negated
        ? [
            identity(
              condition.columns.map(({ name }) => name),
              condition.table.parts.join('.'),
              condition.tableColumns,
            ),
          ]
        : [],
    ),
  );
  return relationships.map((relationship) => {
    const columns = relationship.columns.map((column) => nameOf(column));
    const enforced = held.has(identity(columns, relationship.table, relationship.otherColumns));
    return enforced ? { ...relationship, enforced } : relationship;
  });
}

function identity(columns: readonly string[], table: string, otherColumns: readonly string[]): string {
  return JSON.stringify([columns, table, otherColumns]);
}
