import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Examination } from '#api/schema/doctor.ts';
import { ConfigError } from './config-error.ts';
import { loadConfig, type Config } from './config.ts';

/** The first version of Node that runs this. */
const NODE = 24;

/**
 * What a process finds of the installation without a server: whether its configuration could be read if it began
 * now, where the store lies, and what runs it. `assay doctor` and GET /api/v2/doctor say the same.
 */
export function examineInstallation(env: NodeJS.ProcessEnv, folder: string): Examination[] {
  const found: Examination[] = [];
  try {
    const config = loadConfig(env, folder);
    found.push(
      { subject: 'configuration', state: 'fine', finding: 'It can be read.', mend: null },
      examineStore(config),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    found.push({ subject: 'configuration', state: 'bad', finding: error.message, mend: null });
  }
  found.push({
    subject: 'node',
    state: Number(process.versions.node.split('.')[0]) >= NODE ? 'fine' : 'bad',
    finding: `Node ${process.versions.node}; ${NODE} or later is needed.`,
    mend: null,
  });
  return found;
}

function examineStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>): Examination {
  const subject = 'store';
  if (config.databaseUrl)
    return { subject, state: 'fine', finding: 'DATABASE_URL names the PostgreSQL to use.', mend: null };
  const folder = existsSync(config.dataDir) ? config.dataDir : dirname(config.dataDir);
  try {
    accessSync(folder, constants.W_OK);
    const finding = `The embedded PostgreSQL keeps its data in ${config.dataDir}.`;
    return { subject, state: 'fine', finding, mend: null };
  } catch {
    const finding = `${folder} cannot be written; set ASSAY_DATA_DIR to a folder that can, or DATABASE_URL.`;
    return { subject, state: 'bad', finding, mend: null };
  }
}
