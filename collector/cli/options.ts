import { Option, InvalidArgumentError } from 'commander';

/** Options that several commands share, with the same words in each help text. */
export const jsonOption = (): Option =>
  new Option('--json', 'print one JSON document instead of lines for people').default(false);

export const urlOption = (): Option =>
  new Option('--url <url>', 'the running Assay to ask')
    .env('ASSAY_URL')
    .default(`http://127.0.0.1:${process.env['ASSAY_PORT'] || 4100}`);

export const partitionOption = (): Option =>
  new Option('--partition <key>', 'partition, as column=value: dt=2026-01-31, or dt=2026-01-31/region=eu');

export const namespaceOption = (): Option =>
  new Option('--namespace <namespace>', 'OpenLineage namespace, when the name alone is not enough');

/** `30s`, `5m`, `2h` or plain seconds, in seconds. */
export function parseSeconds(text: string): number {
  const match = /^(\d+)\s*(s|m|h)?$/.exec(text);
  if (!match) throw new InvalidArgumentError('Write a duration such as 30s, 5m or 2h.');
  return Number(match[1]) * { s: 1, m: 60, h: 3600 }[(match[2] ?? 's') as 's' | 'm' | 'h'];
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return count;
}
