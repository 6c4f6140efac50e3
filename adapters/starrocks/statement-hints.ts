import { statementText, type PlannedStatement } from '#model/measure-plan.ts';

/** What bounds a check besides the hints that it was compiled with. */
export interface QueryBounds {
  readonly resourceGroup?: string | undefined;
  readonly memoryBytes?: number | undefined;
}

const HINT = /\/\*\+ SET_VAR\(([^)]*)\) \*\//;

/**
 * Leaves of the hints those that this release knows: an unknown variable is an error. A release that can answer a
 * count from cached statistics knows the variable that forbids it.
 */
export function withKnownHints(
  text: string,
  known: ReadonlyMap<string, string>,
  { resourceGroup, memoryBytes }: QueryBounds = {},
): string {
  return text.replace(HINT, (_, list: string) => {
    const wanted = new Map(
      list.split(',').map((item): [string, string] => {
        const [name = '', value = ''] = item.split('=');
        return [name.trim(), value.trim()];
      }),
    );
    if (memoryBytes !== undefined) wanted.set('query_mem_limit', String(memoryBytes));
    if (resourceGroup !== undefined) wanted.set('resource_group', `'${checkGroup(resourceGroup)}'`);
    const kept = [...wanted].filter(([name]) => known.has(name.toLowerCase()));
    return kept.length === 0
      ? ''
      : `/*+ SET_VAR(${kept.map(([name, value]) => `${name}=${value}`).join(', ')}) */`;
  });
}

/** The text of a planned statement with the hints of this release. */
export function hintedText(
  statement: PlannedStatement,
  known: ReadonlyMap<string, string>,
  bounds: QueryBounds,
): string {
  return statementText({ ...statement, head: withKnownHints(statement.head, known, bounds) });
}

function checkGroup(name: string): string {
  if (!/^\w{1,64}$/.test(name))
    throw new TypeError(`${JSON.stringify(name)} cannot be the name of a resource group.`);
  return name;
}
