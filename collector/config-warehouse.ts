import { Type, type Static } from 'typebox';
import type { WarehouseSettings } from '#adapters/open-warehouses.ts';

const text = Type.String({ minLength: 1 });

/** One entry of `warehouses:` in assay.yaml; which keys go with which kind is checked by `warehouseFaults`. */
export const WarehouseFileSchema = Type.Object(
  {
    kind: Type.Union([Type.Literal('postgres'), Type.Literal('mysql'), Type.Literal('starrocks')]),
    url: Type.Optional(text),
    hosts: Type.Optional(Type.Array(Type.String({ pattern: '^[^\\s/]+$' }), { minItems: 1 })),
    user: Type.Optional(text),
    password: Type.Optional(Type.String()),
    tls: Type.Optional(Type.Boolean()),
    cluster: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' })),
    resource_group: Type.Optional(Type.String({ pattern: '^\\w{1,64}$' })),
    memory_gigabytes: Type.Optional(Type.Number({ minimum: 0.1, maximum: 4096 })),
    watch: Type.Optional(
      Type.Object(
        {
          databases: Type.Array(text, { minItems: 1 }),
          every_seconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 3600 })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type WarehouseFile = Static<typeof WarehouseFileSchema>;

const NEEDED = { postgres: ['url'], mysql: ['url'], starrocks: ['hosts', 'user'] } as const;
const ALLOWED: Readonly<Record<WarehouseFile['kind'], readonly string[]>> = {
  postgres: ['kind', 'url'],
  mysql: ['kind', 'url'],
  starrocks: [
    'kind',
    'hosts',
    'user',
    'password',
    'tls',
    'cluster',
    'resource_group',
    'memory_gigabytes',
    'watch',
  ],
};

/** What does not go together, by the place in the file. */
export function warehouseFaults(
  warehouses: Readonly<Record<string, WarehouseFile>>,
): { readonly pointer: string; readonly fault: string }[] {
  return Object.entries(warehouses).flatMap(([name, entry]) => {
    const pointer = `/warehouses/${name}`;
    const missing = NEEDED[entry.kind].filter((key) => !(key in entry));
    const foreign = Object.keys(entry).filter((key) => !ALLOWED[entry.kind].includes(key));
    return [
      ...missing.map((key) => ({
        pointer,
        fault: `needs ${key}, as a warehouse of kind ${entry.kind} does.`,
      })),
      ...foreign.map((key) => ({
        pointer: `${pointer}/${key}`,
        fault: `is no setting of a warehouse of kind ${entry.kind}.`,
      })),
    ];
  });
}

const GIGABYTE = 1024 ** 3;
const EVERY_SECONDS = 30;

/** Completes what the file says. */
export function warehouseSettings(
  warehouses: Readonly<Record<string, WarehouseFile>>,
): Record<string, WarehouseSettings> {
  return Object.fromEntries(
    Object.entries(warehouses).map(([name, entry]) => [name, settingsOf(name, entry)]),
  );
}

function settingsOf(name: string, entry: WarehouseFile): WarehouseSettings {
  if (entry.kind === 'postgres' || entry.kind === 'mysql') return { kind: entry.kind, url: entry.url ?? '' };
  const { hosts = [], resource_group: resourceGroup, memory_gigabytes: memory, watch } = entry;
  return {
    kind: 'starrocks',
    name,
    hosts,
    cluster: entry.cluster ?? hosts[0] ?? name,
    user: entry.user ?? '',
    password: entry.password ?? '',
    tls: entry.tls ?? false,
    ...(resourceGroup !== undefined && { resourceGroup }),
    ...(memory !== undefined && { queryMemoryBytes: Math.round(memory * GIGABYTE) }),
    ...(watch !== undefined && {
      watch: { databases: watch.databases, everySeconds: watch.every_seconds ?? EVERY_SECONDS },
    }),
  };
}
