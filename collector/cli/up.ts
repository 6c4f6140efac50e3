import { Command } from 'commander';
import { note } from './output.ts';

/** Milliseconds that a shutdown may take before the process ends without ceremony. */
const GRACE = 20_000;

/** `assay up`: the server. */
export function upCommand(): Command {
  return new Command('up')
    .description('Start Assay: receive OpenLineage events, watch partitions, hold the gate, serve the pages.')
    .action(async () => {
      const [{ startCollector }, { loadConfig }, { ALERTING_HINT }, { default: closeWithGrace }] =
        await Promise.all([
          import('#collector/app.ts'),
          import('#collector/config.ts'),
          import('#api/alerting.ts'),
          import('close-with-grace'),
        ]);
      const config = loadConfig(process.env, process.cwd());
      const terminal = process.stderr.isTTY;
      const collector = await startCollector(config, { pretty: terminal, onStep: note });
      note(`Assay listens on ${collector.url}; send OpenLineage events to ${collector.url}/api/v1/lineage`);
      if (config.alerting === null) note(ALERTING_HINT);
      const grace = closeWithGrace({ delay: GRACE, logger: false }, async ({ err }) => {
        if (err) collector.telemetry.log.fatal({ err }, 'Assay ends because of an error that nobody caught');
        await collector.close();
      });
      void grace;
    });
}
