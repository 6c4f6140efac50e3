import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '#collector/config-error.ts';
import type { Config } from '#collector/config.ts';
import { EXIT } from './exit-codes.ts';
import { jsonOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

interface Examination {
  readonly subject: string;
  readonly state: 'fine' | 'warning' | 'bad' | 'unknown';
  readonly finding: string;
}

interface TargetAnswer {
  readonly targets: readonly {
    readonly target: string;
    readonly state: 'enforced' | 'advisory' | 'unknown';
    readonly detail: string;
    readonly mend: string | null;
    readonly superusers: readonly string[];
  }[];
}

/** `assay doctor`: what stands between this installation and its promises. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Examine configuration, store and gates: is everything set so that nothing bad can become gold?',
    )
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (options: { url: string; json: boolean }) => {
      const { loadConfig } = await import('#collector/config.ts');
      const found: Examination[] = [];
      try {
        const config = loadConfig(process.env, process.cwd());
        found.push(
          { subject: 'configuration', state: 'fine', finding: 'It can be read.' },
          examineFolder(config),
        );
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        found.push({ subject: 'configuration', state: 'bad', finding: error.message });
      }
      found.push({
        subject: 'node',
        state: Number(process.versions.node.split('.')[0]) >= 24 ? 'fine' : 'bad',
        finding: `Node ${process.versions.node}; 24 or later is needed.`,
      });
      found.push(...(await examineServer(options.url)));
      print(options.json, { examinations: found }, () =>
        found.map((one) => `${one.state.padEnd(8)} ${one.subject}: ${one.finding}`),
      );
      process.exitCode = found.some((one) => one.state === 'bad')
        ? EXIT.bad
        : found.some((one) => one.state === 'unknown')
          ? EXIT.unknown
          : EXIT.ok;
    });
}

function examineFolder(config: Config): Examination {
  if (config.databaseUrl)
    return { subject: 'store', state: 'fine', finding: 'DATABASE_URL names the PostgreSQL to use.' };
  const folder = existsSync(config.dataDir) ? config.dataDir : dirname(config.dataDir);
  try {
    accessSync(folder, constants.W_OK);
    return {
      subject: 'store',
      state: 'fine',
      finding: `The embedded PostgreSQL keeps its data in ${config.dataDir}.`,
    };
  } catch {
    return {
      subject: 'store',
      state: 'bad',
      finding: `${folder} cannot be written; set ASSAY_DATA_DIR to a folder that can, or DATABASE_URL.`,
    };
  }
}

async function examineServer(url: string): Promise<Examination[]> {
  const client = serverClient(url);
  let targets: TargetAnswer['targets'];
  try {
    await client.get('/readyz');
    ({ targets } = await client.get<TargetAnswer>('/api/v2/enforcement'));
  } catch (error) {
    return [{ subject: 'server', state: 'unknown', finding: (error as Error).message }];
  }
  return [
    { subject: 'server', state: 'fine', finding: `Assay at ${url} is ready.` },
    ...(targets.length === 0
      ? [
          {
            subject: 'gates',
            state: 'warning' as const,
            finding: 'No contract publishes anywhere yet (gate.publish_to).',
          },
        ]
      : []),
    ...targets.map(({ target, state, detail, mend, superusers }) => ({
      subject: target,
      state:
        state === 'enforced'
          ? ('fine' as const)
          : state === 'advisory'
            ? ('warning' as const)
            : ('unknown' as const),
      finding: `${state}: ${detail}${unbound(superusers)}${mend ? ` Mend: ${mend}` : ''}`,
    })),
  ];
}

/** Most accounts that are named. */
const MOST_NAMES = 5;

/** Accounts that no grant binds; they stay a way around every gate. */
function unbound(superusers: readonly string[]): string {
  if (superusers.length === 0) return '';
  const more = superusers.length - MOST_NAMES;
  return ` No grant binds ${superusers.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
