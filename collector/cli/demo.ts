import { Command, InvalidArgumentError } from 'commander';
import type { DemoFlags } from './demo/perform.ts';
import { jsonOption, parseCount } from './options.ts';

/** Fewer days would all be first days, without a history to be judged by. */
const FEWEST_DAYS = 7;

/** `assay demo`: the whole product in small, on real data. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Run a real pipeline on three million flights: bronze, silver and a gold table behind the gate, day by day. Then leave Assay running with its page, until Ctrl-C.',
    )
    .option('--exit', 'end after the report instead of leaving Assay running', false)
    .option('--days <n>', `only the last n of the 182 days (at least ${FEWEST_DAYS})`, parseDays)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nRunning it again goes on where it stopped: days that are in gold are left alone, held days are tried again.',
    )
    .action(async (flags: DemoFlags) => {
      const { performDemo } = await import('./demo/perform.ts');
      await performDemo(flags);
    });
}

function parseDays(text: string): number {
  const days = parseCount(text);
  if (days < FEWEST_DAYS)
    throw new InvalidArgumentError(
      `Take at least ${FEWEST_DAYS} days: the first ones have no history to be judged by.`,
    );
  return days;
}
