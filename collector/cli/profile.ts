import { Command } from 'commander';
import type { ProfileAnswer } from '#api/profile.ts';
import { jsonOption, namespaceOption, partitionOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

interface Options {
  readonly partition?: string;
  readonly namespace?: string;
  readonly url: string;
  readonly json: boolean;
}

/** `assay profile DATASET --partition K`: statistics of a published partition, for windows and detectors. */
export function profileCommand(): Command {
  return new Command('profile')
    .description(
      'Sum up a published partition in one statement of its warehouse: quantiles, different values and segments of any window are then known without a scan. The newest partition unless told.',
    )
    .argument('<dataset>', 'name or id of a dataset with a contract that says where it is published')
    .addOption(partitionOption())
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (dataset: string, { partition, namespace, url, json }: Options) => {
      const answer = await serverClient(url).post<ProfileAnswer>(
        `/api/v2/datasets/${encodeURIComponent(dataset)}/profile`,
        { ...(partition !== undefined && { partition }), ...(namespace !== undefined && { namespace }) },
      );
      print(json, answer, () => linesOf(answer));
    });
}

function linesOf({
  dataset,
  partition,
  rows,
  columns,
  segments,
  refused,
  warehouse,
  target,
}: ProfileAnswer): string[] {
  return [
    `${dataset}${partition === '' ? '' : ` ${partition}`}: ${rows} rows of ${target} in ${warehouse}`,
    ...(columns.length > 0 ? [`columns: ${columns.join(', ')}`] : []),
    ...(segments.length > 0 ? [`segments: ${segments.join(', ')}`] : []),
    ...refused.map((column) => `${column} has too many values to tell its rows apart by them`),
  ];
}
