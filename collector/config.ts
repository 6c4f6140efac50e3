import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { CalendarSettings } from '#adapters/holidays/settings.ts';
import type { WarehouseSettings } from '#adapters/open-warehouses.ts';
import type { KafkaSettings } from '#adapters/kafka/settings.ts';
import type { CostRates } from '#monitor/other-findings.ts';
import type { NamingRules } from '#model/naming.ts';
import { readAlerting, type AlertingConfig } from './alerting-config.ts';
import { calendarSettings } from './calendar-config.ts';
import { ConfigError, parseConfig, type Environment } from './config-file.ts';
import { costRates } from './cost-config.ts';
import { gateWebhooks, type GateWebhookSettings } from './gate-config.ts';
import type { RunbookRule } from './incidents/runbook.ts';
import { kafkaSettingsOf } from './config-kafka.ts';
import { KeyRing } from './keys/key-ring.ts';
import type { RecordDays } from './record-retention.ts';
import { runbookRules } from './runbook-config.ts';
import { targetsOf, type ObjectiveTargets } from '#rules/objective/targets.ts';
import { warehouseSettings } from './config-warehouse.ts';
import { keyEntry } from './keys-config.ts';
import { namingRules, type NamingSettings } from './naming-config.ts';

export { ConfigError, parseConfig };

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | null;
  /** Absolute. */
  readonly dataDir: string;
  /** May hold passwords: never logged. */
  readonly warehouses: Readonly<Record<string, WarehouseSettings>>;
  readonly retentionDays: number;
  /** Disk space that raw events may take; null: any. */
  readonly retentionBytes: number | null;
  readonly quarantineDays: number;
  readonly statisticsDays: number;
  /** Days that incidents and evaluations that are over are kept. */
  readonly records: RecordDays;
  /** Days that the ledger of deliveries is kept. */
  readonly alertsDays: number;
  readonly bodyBytes: number;
  readonly queueBytes: number;
  /** Null: no events are read from Kafka. */
  readonly kafka: KafkaSettings | null;
  /** Holidays of one's own and of a country; null: none. */
  readonly calendar: CalendarSettings | null;
  /** What runs cost; undefined: nothing has a price. */
  readonly cost: CostRates | undefined;
  /** Where contract files lie that are pushed by themselves; absolute. Null: nowhere. */
  readonly contractsFolder: string | null;
  /** The share of times that promises are to be kept. */
  readonly objectiveTargets: ObjectiveTargets;
  /** What is to be done about what, where no contract says. */
  readonly runbooks: readonly RunbookRule[];
  /** Who is told of the gate's decisions. Holds secrets: never logged. */
  readonly gateWebhooks: readonly GateWebhookSettings[];
  /** Null: nobody is told of anything. */
  readonly alerting: AlertingConfig | null;
  readonly logLevel: string;
  /** How datasets' names are spelled, beside what the naming spec says. */
  readonly naming: NamingRules;
  /** What `naming` was made of: it holds functions, which no other thread can be given. */
  readonly namingSettings: NamingSettings | undefined;
  /** Who may do what; null: everyone on this machine may do everything. */
  readonly keys: KeyRing | null;
  /** Whether a key may come in the address, as `?api_key=`. */
  readonly queryKey: boolean;
}

const GIGABYTE = 1024 ** 3;

/** Without any configuration gold lives in a database of the embedded PostgreSQL (the demo's is there). */
const EMBEDDED_WAREHOUSE = { warehouse: { kind: 'postgres', url: 'embedded:warehouse' } } as const;

/**
 * Reads the environment (DATABASE_URL, ASSAY_CONFIG, ASSAY_PORT, ASSAY_HOST, ASSAY_DATA_DIR) and the YAML
 * file, if ASSAY_CONFIG names one or ./assay.yaml is there. `${VAR}` and `${VAR:-default}` in its texts
 * are replaced; an empty variable counts as unset. Throws ConfigError with file:line:column.
 */
export function loadConfig(environment: Environment, directory: string): Config {
  const named = environment['ASSAY_CONFIG'] || undefined;
  const path = named ?? 'assay.yaml';
  const text = readConfigFile(isAbsolute(path) ? path : join(directory, path), named !== undefined);
  const file = text === null ? {} : parseConfig(text, path, environment, directory);
  const dataDir = environment['ASSAY_DATA_DIR'] || '.assay';
  const keys = file.keys?.length ? new KeyRing(file.keys.map(keyEntry)) : null;
  return {
    host: hostOf(environment['ASSAY_HOST'] || '127.0.0.1', keys !== null),
    port: portOf(environment['ASSAY_PORT'] || '4100'),
    databaseUrl: databaseUrlOf(environment['DATABASE_URL']),
    dataDir: isAbsolute(dataDir) ? dataDir : join(directory, dataDir),
    warehouses: file.warehouses
      ? warehouseSettings(file.warehouses)
      : environment['DATABASE_URL']
        ? {}
        : EMBEDDED_WAREHOUSE,
    retentionDays: file.retention?.events_days ?? 30,
    retentionBytes: file.retention?.events_gigabytes ? file.retention.events_gigabytes * GIGABYTE : null,
    quarantineDays: file.retention?.quarantine_days ?? 90,
    statisticsDays: file.retention?.statistics_days ?? 400,
    records: {
      incidents: file.retention?.incidents_days ?? 400,
      evaluations: file.retention?.evaluations_days ?? 400,
    },
    alertsDays: file.retention?.alerts_days ?? 90,
    bodyBytes: (file.ingest?.body_megabytes ?? 32) * 1024 * 1024,
    queueBytes: (file.ingest?.queue_megabytes ?? 64) * 1024 * 1024,
    kafka: file.kafka === undefined ? null : kafkaSettingsOf(file.kafka, directory),
    calendar: calendarSettings(file.calendar, directory),
    cost: costRates(file.cost),
    contractsFolder: file.contracts === undefined ? null : resolve(directory, file.contracts.folder),
    objectiveTargets: targetsOf(file.objectives),
    runbooks: runbookRules(file.runbooks),
    gateWebhooks: gateWebhooks(file.gate),
    alerting: file.alerting === undefined ? null : readAlerting(file.alerting, directory).config,
    logLevel: environment['ASSAY_LOG'] || file.log?.level || 'info',
    naming: namingRules(file.naming),
    namingSettings: file.naming,
    keys,
    queryKey: file.auth?.query_key ?? false,
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

function hostOf(host: string, hasKeys: boolean): string {
  if (hasKeys || LOOPBACK.test(host)) return host;
  throw new ConfigError(
    `ASSAY_HOST is "${host}", but without configured keys Assay listens on loopback only; make one with "assay key new" and list it under keys in assay.yaml, or leave ASSAY_HOST at 127.0.0.1.`,
  );
}

function databaseUrlOf(url: string | undefined): string | null {
  if (!url) return null;
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new ConfigError('DATABASE_URL is not a URL of the form postgres://user:password@host:5432/database.');
}
