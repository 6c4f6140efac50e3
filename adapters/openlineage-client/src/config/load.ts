import { homedir } from 'node:os';

import type { Logger } from '../logger.ts';
import type { Environment } from './environment.ts';
import { configFromEnvironment, httpFromShortVariables } from './environment.ts';
import { mergeDeep } from './merge.ts';
import { isRecord } from './settings.ts';
import { findConfigFile, readConfigFile } from './yaml-file.ts';

/** Where configuration is taken from. */
export interface ConfigSources {
  /** What was given to the constructor; it wins over the rest. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  readonly cwd?: string | undefined;
  readonly home?: string | undefined;
}

/**
 * The merged configuration: constructor over `openlineage.yml` over environment.
 * @throws {ConfigurationError} when a source cannot be read
 */
export function loadConfig(sources: ConfigSources, logger: Logger): Record<string, unknown> {
  const { config, env, cwd = process.cwd(), home = homedir() } = sources;
  const file = findConfigFile(env, { cwd, home }, logger);
  const fromFile = file === undefined ? {} : readConfigFile(file, logger);
  return mergeDeep(configFromEnvironment(env, logger), mergeDeep(fromFile, { ...config }));
}

/**
 * The transport that the configuration asks for: a typed `transport` section, else what the short variables
 * `OPENLINEAGE_URL`, `_ENDPOINT` and `_API_KEY` say, else the console with a warning.
 */
export function transportConfig(config: Record<string, unknown>, env: Environment, logger: Logger): unknown {
  const { transport } = config;
  // A finished transport object has no "type" but an "emit".
  if (isRecord(transport) && (transport['type'] !== undefined || transport['emit'] !== undefined))
    return transport;
  const http = httpFromShortVariables(env);
  if (http !== undefined) return http;
  logger.warn(
    'No OpenLineage transport is configured; events go to the console. Set OPENLINEAGE_URL to send them.',
  );
  return { type: 'console' };
}
