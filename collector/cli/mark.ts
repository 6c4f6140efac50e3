import { Command, Option } from 'commander';
import type { MarkAnswer, MarkItem, MarkList } from '#api/schema/marks.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, namespaceOption, parseCount, partitionOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

const KINDS = ['expected', 'new-normal', 'incident', 'noisy'] as const;

interface Shared {
  readonly url: string;
  readonly json: boolean;
  readonly namespace?: string;
}

/** `assay mark`: what people say of what the detectors found. */
export function markCommand(): Command {
  return new Command('mark')
    .description(
      'Tell the detectors what a partition was; they judge anew at once. Say it again to correct it.',
    )
    .argument('<dataset>', 'name or id of a dataset')
    .addOption(partitionOption())
    .addOption(
      new Option(
        '--as <kind>',
        'expected: fine this once; new-normal: the level from here on; incident: bad data, not to be learnt from; noisy: this metric alarms too often',
      ).choices(KINDS),
    )
    .option('--reason <text>', 'why')
    .option('--metric <metric>', 'only this metric, as the findings name it: row_count, avg(amount)')
    .option('--by <person>', 'who says so; with a key it is the key that says so')
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        dataset: string,
        options: Shared & {
          partition?: string;
          as?: (typeof KINDS)[number];
          reason?: string;
          metric?: string;
          by?: string;
        },
      ) => {
        const partition = given(options.partition, '--partition <key>');
        const kind = given(options.as, '--as <kind>');
        const reason = given(options.reason, '--reason <text>');
        const answer = await serverClient(options.url).post<MarkAnswer>(pathOf(dataset, '', options), {
          kind: kind.replace('-', '_'),
          partition,
          reason,
          ...(options.metric !== undefined && { metric: options.metric }),
          ...(options.by !== undefined && { author: options.by }),
        });
        print(options.json, answer, () => [`${answer.dataset.name} ${lineOf(answer.mark)}`]);
      },
    )
    .addCommand(list())
    .addCommand(withdraw());
}

// Not mandatory for commander, which would ask `mark list` for them too.
function given<T extends string>(value: T | undefined, option: string): T {
  if (value !== undefined) return value;
  throw new CommandFailure(`assay mark needs ${option}.`, EXIT.usage);
}

function list(): Command {
  return new Command('list')
    .description('List the marks of a dataset, the latest first.')
    .argument('<dataset>', 'name or id of a dataset')
    .addOption(partitionOption())
    .option('--withdrawn', 'also those that were taken back', false)
    .option('--limit <count>', 'at most so many', parseCount, 100)
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        dataset: string,
        options: Shared & { partition?: string; withdrawn: boolean; limit: number },
      ) => {
        const answer = await serverClient(options.url).get<MarkList>(
          pathOf(dataset, '', options, {
            limit: String(options.limit),
            ...(options.withdrawn && { withdrawn: 'true' }),
            ...(options.partition !== undefined && { partition: options.partition }),
          }),
        );
        print(options.json, answer, () => [
          ...answer.items.map(lineOf),
          ...(answer.items.length === 0 ? [`${answer.dataset.name} has no marks.`] : []),
          ...(answer.next === null ? [] : ['… and more; ask for more with --limit.']),
        ]);
      },
    );
}

function withdraw(): Command {
  return new Command('withdraw')
    .description('Take a mark back; what it changed is judged anew.')
    .argument('<dataset>', 'name or id of a dataset')
    .argument('<mark>', 'id of the mark, as "assay mark list" shows it')
    .requiredOption('--reason <text>', 'why')
    .option('--by <person>', 'who says so; with a key it is the key that says so')
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (dataset: string, mark: string, options: Shared & { reason: string; by?: string }) => {
      const path = pathOf(dataset, `/${encodeURIComponent(mark)}/withdrawal`, options);
      const answer = await serverClient(options.url).post<MarkAnswer>(path, {
        reason: options.reason,
        ...(options.by !== undefined && { author: options.by }),
      });
      print(options.json, answer, () => [`${answer.dataset.name} ${lineOf(answer.mark)}`]);
    });
}

function pathOf(
  dataset: string,
  rest: string,
  { namespace }: Pick<Shared, 'namespace'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ ...(namespace !== undefined && { namespace }), ...more }).toString();
  return `/api/v2/datasets/${encodeURIComponent(dataset)}/marks${rest}${query === '' ? '' : `?${query}`}`;
}

function lineOf({ id, kind, partition, metric, reason, author, markedAt, withdrawn }: MarkItem): string {
  const what = metric === null ? '' : ` ${metric}`;
  const back =
    withdrawn === null
      ? ''
      : `; taken back by ${withdrawn.author} at ${withdrawn.at.slice(0, 16)}Z: ${withdrawn.reason}`;
  return `${partition}${what} is ${kind.replace('_', '-')}, says ${author} at ${markedAt.slice(0, 16)}Z: ${reason}${back} (${id})`;
}
