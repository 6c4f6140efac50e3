import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { isCollection, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** The configuration cannot be used. The message is one sentence per fault, with place and mend. */
export class ConfigError extends Error {}

const FileSchema = Type.Object(
  {
    warehouses: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9_-]*$' }),
        Type.Object(
          { kind: Type.Literal('postgres'), url: Type.String({ minLength: 1 }) },
          { additionalProperties: false },
        ),
      ),
    ),
    retention: Type.Optional(
      Type.Object(
        { events_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })) },
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
type ConfigFile = Static<typeof FileSchema>;
const validator = Compile(FileSchema);

export interface WarehouseConfig {
  readonly kind: 'postgres';
  /** May hold a password: never logged. */
  readonly url: string;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | null;
  /** Absolute. */
  readonly dataDir: string;
  readonly warehouses: Readonly<Record<string, WarehouseConfig>>;
  readonly retentionDays: number;
  readonly bodyBytes: number;
  readonly queueBytes: number;
  readonly logLevel: string;
}

/** Without any configuration gold lives in a database of the embedded PostgreSQL (the demo's is there). */
const EMBEDDED_WAREHOUSE = { warehouse: { kind: 'postgres', url: 'embedded:warehouse' } } as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment (DATABASE_URL, ASSAY_CONFIG, ASSAY_PORT, ASSAY_HOST, ASSAY_DATA_DIR) and the YAML
 * file, if ASSAY_CONFIG names one or ./assay.yaml is there. `${VAR}` and `${VAR:-default}` in its texts
 * are replaced. Throws ConfigError with file:line:column.
 */
export function loadConfig(environment: Environment, directory: string): Config {
  const named = environment['ASSAY_CONFIG'];
  const path = named ?? 'assay.yaml';
  const text = readConfigFile(isAbsolute(path) ? path : join(directory, path), named !== undefined);
  const file = text === null ? {} : parseConfig(text, path, environment);
  const dataDir = environment['ASSAY_DATA_DIR'] || '.assay';
  return {
    host: hostOf(environment['ASSAY_HOST'] || '127.0.0.1'),
    port: portOf(environment['ASSAY_PORT'] || '4100'),
    databaseUrl: databaseUrlOf(environment['DATABASE_URL']),
    dataDir: isAbsolute(dataDir) ? dataDir : join(directory, dataDir),
    warehouses: file.warehouses ?? (environment['DATABASE_URL'] ? {} : EMBEDDED_WAREHOUSE),
    retentionDays: file.retention?.events_days ?? 30,
    bodyBytes: (file.ingest?.body_megabytes ?? 32) * 1024 * 1024,
    queueBytes: (file.ingest?.queue_megabytes ?? 64) * 1024 * 1024,
    logLevel: environment['ASSAY_LOG'] || file.log?.level || 'info',
  };
}

function readConfigFile(path: string, mustExist: boolean): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !mustExist) return null;
    throw new ConfigError(
      `${path}: the configuration file cannot be read (${code}); ASSAY_CONFIG must name a readable YAML file.`,
    );
  }
}

/** Parses and checks the YAML text. Exported for tests and for `assay doctor`. */
export function parseConfig(text: string, fileName: string, environment: Environment): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${line}:${col}`;
  };
  const faults = document.errors.map((error) => `${place(error.pos[0])}: ${error.message.split('\n')[0]}`);
  if (faults.length === 0) faults.push(...substitute(document, environment, place));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  const value: unknown = document.toJS() ?? {};
  if (validator.Check(value)) return value;
  const found = validator
    .Errors(value)
    .map(
      (error) =>
        `${place(offsetOf(document, error.instancePath))}: ${error.instancePath || 'the file'} ${error.message}.`,
    );
  throw new ConfigError([...new Set(found)].join('\n'));
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
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if ((isScalar(node) || isCollection(node)) && node.range) return node.range[0];
  }
  return 0;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError(
      `ASSAY_PORT is "${text}"; it must be a whole number from 0 (any free port) to 65535.`,
    );
  }
  return port;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

function hostOf(host: string): string {
  if (LOOPBACK.test(host)) return host;
  throw new ConfigError(
    `ASSAY_HOST is "${host}", but without configured keys Assay listens on loopback only; leave it at 127.0.0.1 and put a proxy that authenticates in front.`,
  );
}

function databaseUrlOf(url: string | undefined): string | null {
  if (!url) return null;
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new ConfigError('DATABASE_URL is not a URL of the form postgres://user:password@host:5432/database.');
}
