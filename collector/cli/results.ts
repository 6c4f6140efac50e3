import { Command, Option } from 'commander';
import type { ResultItem, ResultList } from '#api/schema/results.ts';
import { linesOfChecks } from './check-lines.ts';
import { jsonOption, namespaceOption, parseCount, partitionOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

const STATUSES = ['pass', 'warn', 'fail', 'error', 'no_data', 'learning', 'skipped'];
const SHOWN = 20;

interface Options {
  readonly partition?: string;
  readonly namespace?: string;
  readonly status?: string;
  readonly limit: number;
  readonly url: string;
  readonly json: boolean;
}

/** `assay results [DATASET]`: what the monitor found by the checks of contracts, the latest first. */
export function resultsCommand(): Command {
  return new Command('results')
    .description(
      'Show what the monitor found by the checks of contracts in what has been measured, the latest first.',
    )
    .argument('[dataset]', 'name or id; of all datasets unless told')
    .addOption(partitionOption())
    .addOption(namespaceOption())
    .addOption(new Option('--status <status>', 'only checks that came out so').choices(STATUSES))
    .option('--limit <n>', 'partitions that are shown, at most 1000', parseCount, SHOWN)
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (dataset: string | undefined, options: Options) => {
      const query = new URLSearchParams({ limit: String(Math.min(options.limit, 1000)) });
      if (dataset !== undefined) query.set('dataset', dataset);
      for (const name of ['partition', 'namespace', 'status'] as const) {
        const value = options[name];
        if (value !== undefined) query.set(name, value);
      }
      const answer = await serverClient(options.url).get<ResultList>(`/api/v2/results?${query.toString()}`);
      print(options.json, answer, () => linesOfResults(answer));
    });
}

function linesOfResults({ items, next }: ResultList): string[] {
  if (items.length === 0)
    return ['No results: no partition with a contract has been measured, or none is as was asked for.'];
  return [...items.flatMap(linesOfItem), ...(next === null ? [] : ['… and more: --limit'])];
}

function linesOfItem({ dataset, partition, status, contract, statedAt, checks }: ResultItem): string[] {
  const of = partition === '' ? dataset : `${dataset} ${partition}`;
  const at = statedAt.slice(0, 16).replace('T', ' ');
  return [`${of}: ${status} (contract ${contract.version}, stated ${at} UTC)`, ...linesOfChecks(checks)];
}
