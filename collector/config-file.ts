import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { isCollection, isMap, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { literalSecrets, readAlerting } from './alerting-config.ts';
import { calendarFaults, CalendarFileSchema } from './calendar-config.ts';
import { ConfigError } from './config-error.ts';
import { KafkaFileSchema } from './config-kafka.ts';
import { CostFileSchema } from './cost-config.ts';
import { gateFaults, GateFileSchema, literalGateSecrets } from './gate-config.ts';
import { keyFaults, KeySettings } from './keys-config.ts';
import { namingFaults, NamingSettings } from './naming-config.ts';
import { runbookFaults, RunbooksFileSchema } from './runbook-config.ts';
import { warehouseFaults, WarehouseFileSchema } from './config-warehouse.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export { ConfigError };

/** What assay.yaml may hold. */
export const ConfigFileSchema = Type.Object(
  {
    warehouses: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]*$' }), WarehouseFileSchema),
    ),
    retention: Type.Optional(
      Type.Object(
        {
          events_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
          events_gigabytes: Type.Optional(Type.Number({ minimum: 0.1, maximum: 1_000_000 })),
          quarantine_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
          statistics_days: Type.Optional(Type.Integer({ minimum: 31, maximum: 3650 })),
          incidents_days: Type.Optional(Type.Integer({ minimum: 31, maximum: 3650 })),
          evaluations_days: Type.Optional(Type.Integer({ minimum: 31, maximum: 3650 })),
          alerts_days: Type.Optional(Type.Integer({ minimum: 7, maximum: 3650 })),
        },
        { additionalProperties: false },
      ),
    ),
    ingest: Type.Optional(
      Type.Object(
        {
          body_megabytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024 })),
          queue_megabytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 4096 })),
        },
        { additionalProperties: false },
      ),
    ),
    naming: Type.Optional(NamingSettings),
    contracts: Type.Optional(
      Type.Object({ folder: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    ),
    keys: Type.Optional(Type.Array(KeySettings)),
    auth: Type.Optional(
      Type.Object({ query_key: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
    ),
    kafka: Type.Optional(KafkaFileSchema),
    calendar: Type.Optional(CalendarFileSchema),
    cost: Type.Optional(CostFileSchema),
    runbooks: Type.Optional(RunbooksFileSchema),
    objectives: Type.Optional(
      Type.Object(
        {
          target: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 99.999 })),
          tiers: Type.Optional(
            Type.Object(
              Object.fromEntries(
                ['1', '2', '3'].map((tier) => [
                  tier,
                  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 99.999 })),
                ]),
              ),
              { additionalProperties: false },
            ),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    gate: Type.Optional(GateFileSchema),
    // Checked by alerting-config.ts: routes nest, and each kind of channel has settings of its own.
    alerting: Type.Optional(Type.Unknown()),
    log: Type.Optional(
      Type.Object(
        {
          level: Type.Optional(
            Type.Union(['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level))),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type ConfigFile = Static<typeof ConfigFileSchema>;
const validator = Compile(ConfigFileSchema);

/**
 * Parses and checks the YAML text. Exported for tests and for `assay doctor`.
 * @param directory what paths in it are relative to.
 */
export function parseConfig(
  text: string,
  fileName: string,
  environment: Environment,
  directory = '.',
): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${line}:${col}`;
  };
  const faults = document.errors.map((error) => `${place(error.pos[0])}: ${error.message.split('\n')[0]}`);
  const told = (list: readonly { readonly pointer: string; readonly fault: string }[]): string[] =>
    list.map(({ pointer, fault }) => `${place(offsetOf(document, pointer))}: ${pointer} ${fault}`);
  if (faults.length === 0)
    faults.push(...told([...literalSecrets(document), ...literalGateSecrets(document)]));
  if (faults.length === 0) faults.push(...substitute(document, environment, place));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  const value: unknown = document.toJS() ?? {};
  if (validator.Check(value)) {
    const wrong = [
      ...warehouseFaults(value.warehouses ?? {}),
      ...keyFaults(value.keys ?? []),
      ...namingFaults(value.naming),
      ...calendarFaults(value.calendar),
      ...runbookFaults(value.runbooks),
      ...gateFaults(value.gate),
      ...(value.alerting === undefined ? [] : readAlerting(value.alerting, directory).faults),
    ];
    if (wrong.length === 0) return value;
    throw new ConfigError(
      wrong
        .map(({ pointer, fault }) => `${place(offsetOf(document, pointer))}: ${pointer} ${fault}`)
        .join('\n'),
    );
  }
  throw new ConfigError(faultsOf(document, value, place).join('\n'));
}

function faultsOf(document: Document, value: unknown, place: (offset: number) => string): string[] {
  const errors = validator.Errors(value);
  const choices = (path: string): string[] =>
    errors.flatMap((error) =>
      error.keyword === 'const' && error.instancePath === path ? [String(error.params.allowedValue)] : [],
    );
  return errors.flatMap((error) => {
    const { instancePath: path } = error;
    const at = place(offsetOf(document, path));
    switch (error.keyword) {
      case 'boolean':
        return []; // told by additionalProperties
      case 'const': {
        const isChoice = errors.some((other) => other.keyword === 'anyOf' && other.instancePath === path);
        return isChoice ? [] : [`${at}: ${path} must be ${String(error.params.allowedValue)}.`];
      }
      case 'additionalProperties':
        return error.params.additionalProperties.map(
          (name) =>
            `${place(offsetOfKey(document, path, name))}: ${path}/${name} is no setting of Assay; the assay.yaml that comes with it lists them.`,
        );
      case 'enum':
        return [`${at}: ${path} must be one of ${error.params.allowedValues.join(', ')}.`];
      case 'anyOf':
        return [`${at}: ${path} must be one of ${choices(path).join(', ')}.`];
      default:
        return [`${at}: ${path || 'the file'} ${error.message}.`];
    }
  });
}

function substitute(
  document: Document,
  environment: Environment,
  place: (offset: number) => string,
): string[] {
  const faults: string[] = [];
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string') return;
      node.value = node.value.replaceAll(
        /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
        (_match, name: string, fallback?: string) => {
          const value = environment[name] || fallback;
          if (value === undefined)
            faults.push(
              `${place(node.range?.[0] ?? 0)}: the environment has no ${name}; set it or write \${${name}:-default}.`,
            );
          return value ?? '';
        },
      );
    },
  });
  return faults;
}

function offsetOf(document: Document, pointer: string): number {
  const path = pathOf(pointer);
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if ((isScalar(node) || isCollection(node)) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(document: Document, pointer: string, name: string): number {
  const map = pointer === '' ? document.contents : document.getIn(pathOf(pointer), true);
  const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(document, pointer);
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
