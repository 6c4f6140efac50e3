import { parseTableName, type TableName } from './names.ts';

export const PROTOCOLS = ['replace', 'overwrite', 'swap', 'pointer'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const GRAINS = ['hour', 'day', 'week', 'month', 'year'] as const;
export type PartitionGrain = (typeof GRAINS)[number];

/** `gold.orders?by=replace&grain=week` taken apart. */
export interface Target {
  readonly table: TableName;
  /** Null: by what the table is. */
  readonly by: Protocol | null;
  /** How long a partition lasts; null: as long as its value says (`2026-01` is a month). */
  readonly grain: PartitionGrain | null;
}

/** Reads what stands behind the warehouse's name in `publish_to`; gives what is wrong with it in a sentence. */
export function parseTarget(text: string): Target | string {
  const [name = '', options = '', ...more] = text.split('?');
  const table = parseTableName(name);
  if (table === null || more.length > 0)
    return `${JSON.stringify(text)} is not a target like gold.orders?by=replace.`;
  let by: Protocol | null = null;
  let grain: PartitionGrain | null = null;
  for (const [key, value] of new URLSearchParams(options)) {
    const protocol = PROTOCOLS.find((one) => one === value);
    const length = GRAINS.find((one) => one === value);
    if (key === 'by' && protocol !== undefined) by = protocol;
    else if (key === 'grain' && length !== undefined) grain = length;
    else
      return `${key}=${value} is no option of a target: by is one of ${PROTOCOLS.join(', ')}, grain one of ${GRAINS.join(', ')}.`;
  }
  return { table, by, grain };
}
