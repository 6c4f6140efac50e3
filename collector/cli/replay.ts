import { userInfo } from 'node:os';
import { Command } from 'commander';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption } from './options.ts';
import { note, print } from './output.ts';

/** `assay replay`: rebuilds every projection from the raw log. */
export function replayCommand(): Command {
  return new Command('replay')
    .description(
      'Rebuild jobs, runs, datasets, lineage and measurements from the raw log; with DATABASE_URL also while Assay runs.',
    )
    .option(
      '--forget-expired',
      'go on also when the model knows events that retention has dropped from the raw log, and forget them',
      false,
    )
    .addOption(jsonOption())
    .action(async (options: { json: boolean; forgetExpired: boolean }) => {
      const [{ loadConfig }, { replay }, { openStore }, { addAct }, { SingleBar }] = await Promise.all([
        import('#collector/config.ts'),
        import('#ingest/replay.ts'),
        import('#store/open-store.ts'),
        import('#store/audit.ts'),
        import('cli-progress'),
      ]);
      const config = loadConfig(process.env, process.cwd());
      const store = await openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, log: note });
      const bar = process.stderr.isTTY
        ? new SingleBar({ format: '{bar} {percentage} % | {value} of {total}', stream: process.stderr })
        : null;
      const interrupt = new AbortController();
      const stop = (): void => interrupt.abort();
      // The second one ends the process as usual; the live model is whole then too.
      process.once('SIGINT', stop).once('SIGTERM', stop);
      try {
        bar?.start(1, 0);
        const report = await replay(store.database, {
          forgetExpired: options.forgetExpired,
          signal: interrupt.signal,
          naming: config.naming,
          onProgress(done, total) {
            bar?.setTotal(total);
            bar?.update(done);
          },
        });
        bar?.stop();
        await store.database.execute(
          addAct({
            actor: userInfo().username,
            action: 'model.replayed',
            subject: 'model',
            subjectId: 'assay_model',
            detail: { events: report.events, expired: report.expired, failed: report.failed.length },
          }),
        );
        print(options.json, report, () => [
          `${report.events} events projected.`,
          ...(report.expired > 0
            ? [`${report.expired} events are older than the retention and could not be read again.`]
            : []),
          ...report.failed.slice(0, 20).map(({ id, reason }) => `  ${id} could not be projected: ${reason}`),
        ]);
        if (report.failed.length > 0) process.exitCode = EXIT.bad;
      } catch (error) {
        if (!interrupt.signal.aborted) throw error;
        throw new CommandFailure('Interrupted; the model is as it was before.', EXIT.unknown);
      } finally {
        process.off('SIGINT', stop).off('SIGTERM', stop);
        bar?.stop();
        await store.close();
      }
    });
}
