import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { ConfigurationError, messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { loadPeer } from '../peer.ts';
import type { Environment } from './environment.ts';
import { isRecord } from './settings.ts';

/** Where `openlineage.yml` is looked for, besides `$OPENLINEAGE_CONFIG`. */
export interface Places {
  readonly cwd: string;
  readonly home: string;
}

/**
 * The first readable file of `$OPENLINEAGE_CONFIG`, `./openlineage.yml` and
 * `~/.openlineage/openlineage.yml`; the order of the Python client.
 */
export function findConfigFile(env: Environment, places: Places, logger: Logger): string | undefined {
  const named = env['OPENLINEAGE_CONFIG'];
  if (named !== undefined && named !== '') {
    if (isReadableFile(named)) return named;
    logger.warn(
      `The file ${named} that OPENLINEAGE_CONFIG names is missing or not readable; looking elsewhere.`,
    );
  }
  return [join(places.cwd, 'openlineage.yml'), join(places.home, '.openlineage', 'openlineage.yml')].find(
    (path) => isReadableFile(path),
  );
}

/** The configuration in a file. @throws {ConfigurationError} naming the file and what to mend */
export function readConfigFile(path: string, logger: Logger): Record<string, unknown> {
  const parse = loadYamlParser(path);
  let content: unknown;
  try {
    // YAML 1.1, as the Python client reads the same file.
    content = parse(readFileSync(path, 'utf8'), { version: '1.1' });
  } catch (error) {
    // Only the first line: what follows quotes the file, which may hold a key.
    throw new ConfigurationError(`${path} is not valid YAML: ${messageOf(error).split('\n')[0] ?? ''}`);
  }
  if (content === null || content === undefined) {
    logger.warn(`The configuration file ${path} is empty.`);
    return {};
  }
  if (!isRecord(content))
    throw new ConfigurationError(`${path} must hold a mapping with a "transport" section.`);
  return content;
}

type YamlParser = (text: string, options: { version: '1.1' }) => unknown;

/** The parser of the optional peer `yaml`. */
function loadYamlParser(path: string): YamlParser {
  const loaded = loadPeer('yaml');
  if (loaded === undefined) {
    throw new ConfigurationError(
      `${path} was found but the package "yaml" is not installed; run "npm install yaml", ` +
        'or configure by constructor or OPENLINEAGE__ variables and remove the file.',
    );
  }
  return (loaded as { readonly parse: YamlParser }).parse;
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
