import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { BacktestAnswer } from '#api/schema/backtest.ts';
import { backtestChart } from './backtest/chart.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, namespaceOption, parseCount, urlOption } from './options.ts';
import { note, print, table } from './output.ts';
import { serverClient } from './server-client.ts';

/** Alarms that are listed unless all are asked for. */
const LISTED = 40;

interface Options {
  readonly days: number;
  readonly metric?: string;
  readonly partition?: string;
  readonly svg?: string;
  readonly all: boolean;
  readonly namespace?: string;
  readonly url: string;
  readonly json: boolean;
}

/** `assay backtest DATASET`: what every rule and detector would have said of the past, when and why. */
export function backtestCommand(): Command {
  return new Command('backtest')
    .description(
      'Say what every check and detector would have said of each past partition, the day it came. Nothing is queried, nothing changed.',
    )
    .argument('<dataset>', 'name or id of a dataset')
    .option('--days <count>', 'so many days before the newest partition', parseCount, 90)
    .option('--metric <metric>', 'only this metric, as the findings name it: row_count, avg(amount)')
    .option('--partition <key>', 'up to this partition, and of its series (its region, say)')
    .option('--svg <file>', 'draw it into a file: values, bands, and where each mode would have fired')
    .option('--all', `list every alarm, not the latest ${LISTED}`, false)
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (dataset: string, options: Options) => {
      const query = new URLSearchParams({ days: String(options.days) });
      if (options.metric !== undefined) query.set('metric', options.metric);
      if (options.partition !== undefined) query.set('partition', options.partition);
      if (options.namespace !== undefined) query.set('namespace', options.namespace);
      const answer = await serverClient(options.url).get<BacktestAnswer>(
        `/api/v2/datasets/${encodeURIComponent(dataset)}/backtest?${query.toString()}`,
      );
      if (options.svg !== undefined) await writeChart(options.svg, answer);
      print(options.json, answer, () => linesOf(answer, options.all));
    });
}

async function writeChart(file: string, answer: BacktestAnswer): Promise<void> {
  try {
    await writeFile(file, backtestChart(answer));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The chart cannot be written to ${file}: ${reason}.`, EXIT.usage);
  }
  note(`The chart is in ${file}.`);
}

interface Alarm {
  readonly partition: string;
  readonly what: string;
  readonly who: string;
  readonly does: string;
  readonly why: string;
}

function linesOf(answer: BacktestAnswer, all: boolean): string[] {
  const { dataset, partitions, from, to, contract, summary } = answer;
  if (partitions === 0) return [`Nothing was measured of ${dataset.name} yet.`];
  const alarms = alarmsOf(answer);
  const shown = all ? alarms : alarms.slice(-LISTED);
  return [
    `${dataset.name}: ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}, ${from ?? ''} to ${to ?? ''}`,
    ...(contract?.fault ? [`The contract cannot be used: ${contract.fault}`] : []),
    ...summary,
    ...(shown.length > 0 ? [''] : []),
    ...(shown.length < alarms.length
      ? [`The latest ${shown.length} of ${alarms.length} alarms; all with --all:`]
      : []),
    ...(shown.length > 0
      ? table([
          ['PARTITION', 'OF', 'SAYS', '', 'WHY'],
          ...shown.map(({ partition, what, who, does, why }) => [partition, what, who, does, why]),
        ])
      : []),
  ];
}

/** Every alarm, oldest first: of the detectors, then of the checks. */
function alarmsOf({ metrics, checks }: BacktestAnswer): Alarm[] {
  const said = metrics.flatMap(({ metric, points }) =>
    points.flatMap(({ partition, simple, adaptive, paged }): Alarm[] => {
      const fired = adaptive?.status === 'anomalous';
      return [
        ...(adaptive && (fired || adaptive.status === 'notice')
          ? [
              {
                partition,
                what: metric,
                who: adaptive.detector,
                does: paged ? 'page' : fired ? 'told before' : 'note',
                why: adaptive.message,
              },
            ]
          : []),
        ...(simple.status === 'anomalous'
          ? [
              {
                partition,
                what: metric,
                who: '2 sigma',
                does: paged && !adaptive ? 'page' : '',
                why: simple.message,
              },
            ]
          : []),
      ];
    }),
  );
  const failed = checks.flatMap(({ text, severity, failures }) =>
    failures.map(({ partition, status, message }): Alarm => ({
      partition,
      what: text,
      who: 'check',
      does: severity === 'block' && status !== 'warn' ? 'blocks' : status,
      why: message,
    })),
  );
  return [...said, ...failed].sort((a, b) =>
    a.partition < b.partition ? -1 : a.partition > b.partition ? 1 : 0,
  );
}
