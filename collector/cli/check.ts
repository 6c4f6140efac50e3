import { Command } from 'commander';
import type { DatasetCheckAnswer } from '#api/dataset-check.ts';
import { exitCodeOfStatus, linesOfChecks } from './check-lines.ts';
import { jsonOption, namespaceOption, partitionOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay check DATASET --partition K`: the contract's checks on what has been measured. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      "Run a dataset's contract on what has been measured of a partition. Nothing is queried, nothing published.",
    )
    .argument('<dataset>', 'name or id of a dataset with a contract')
    .addOption(partitionOption())
    .addOption(namespaceOption())
    .option('--warn-exit', 'exit with 2 when there are only warnings', false)
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        dataset: string,
        options: { partition?: string; namespace?: string; warnExit: boolean; url: string; json: boolean },
      ) => {
        const query = new URLSearchParams({ partition: options.partition ?? '' });
        if (options.namespace) query.set('namespace', options.namespace);
        const answer = await serverClient(options.url).get<DatasetCheckAnswer>(
          `/api/v2/datasets/${encodeURIComponent(dataset)}/check?${query.toString()}`,
        );
        print(options.json, answer, () => [
          `${answer.dataset}${answer.partition === '' ? '' : ` ${answer.partition}`}: ${answer.status} (contract ${answer.contractVersion})`,
          ...(answer.known ? [] : [unknownLine(answer)]),
          ...linesOfChecks(answer.checks.filter(({ status }) => answer.known || status !== 'no_data')),
        ]);
        process.exitCode = exitCodeOfStatus(answer.checks, options.warnExit);
      },
    );
}

/** Each check would say of its own that it has no data. */
function unknownLine({ partition, newest }: DatasetCheckAnswer): string {
  const of = partition === '' ? 'it' : partition;
  const last = newest.length === 0 ? '' : `; the newest that is known: ${newest.join(', ')}`;
  return `  Nothing has been measured of ${of} yet${last}.`;
}
