import { Command, InvalidArgumentError } from 'commander';
import type { SilenceItem, SilenceList } from '#api/schema/alerting.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, parseSeconds, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

interface Shared {
  readonly url: string;
  readonly json: boolean;
  readonly by?: string;
}

/** `assay silence …`: alerts that need not call anybody for a while. */
export function silenceCommand(): Command {
  return new Command('silence')
    .description('Keep alerts from calling anybody for a while; what happens is recorded all the same.')
    .addCommand(add())
    .addCommand(list())
    .addCommand(end());
}

function add(): Command {
  return new Command('add')
    .description('Silence what matches, always with a reason and an end.')
    .argument('<match...>', 'dataset=gold.*, owner=finance, kind=volume; of one field several: any of them')
    .requiredOption('--for <duration>', 'how long: 30m, 8h, 7d', parseLong)
    .requiredOption('--comment <text>', 'why')
    .option('--by <person>', 'who says so; with a key it is the key that says so')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (texts: readonly string[], options: Shared & { for: number; comment: string }) => {
      const match: Record<string, string[]> = {};
      for (const text of texts) {
        const at = text.indexOf('=');
        if (at < 1)
          throw new CommandFailure(`"${text}" is no matcher; write it as dataset=gold.*.`, EXIT.usage);
        (match[text.slice(0, at)] ??= []).push(text.slice(at + 1));
      }
      const item = await serverClient(options.url).post<SilenceItem>('/api/v2/silences', {
        match,
        comment: options.comment,
        endsAt: new Date(Date.now() + options.for * 1000).toISOString(),
        ...(options.by !== undefined && { author: options.by }),
      });
      print(options.json, item, () => [lineOf(item)]);
    });
}

function list(): Command {
  return new Command('list')
    .description('List silences, with how many incidents each held back.')
    .option('--over', 'also those that are over', false)
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async ({ url, json, over }: Shared & { over: boolean }) => {
      const answer = await serverClient(url).get<SilenceList>(`/api/v2/silences?over=${over}`);
      print(json, answer, () =>
        answer.items.length === 0 ? ['Nothing is silenced.'] : answer.items.map(lineOf),
      );
    });
}

function end(): Command {
  return new Command('end')
    .description('End a silence now; what it held and still fires is told.')
    .argument('<id>', 'as "assay silence list" shows it')
    .option('--by <person>', 'who ends it; with a key it is the key')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (id: string, { url, json, by }: Shared) => {
      const body = by === undefined ? {} : { author: by };
      const item = await serverClient(url).post<SilenceItem>(
        `/api/v2/silences/${encodeURIComponent(id)}/end`,
        body,
      );
      print(json, item, () => [lineOf(item)]);
    });
}

function lineOf({ id, match, author, comment, startsAt, endsAt, state, endedBy, held }: SilenceItem): string {
  const what = Object.entries(match).map(([field, patterns]) => `${field} ${patterns.join(' or ')}`);
  const until =
    state === 'over' && endedBy !== null ? `ended by ${endedBy}` : `until ${endsAt.slice(0, 16)}Z`;
  const from = state === 'pending' ? `from ${startsAt.slice(0, 16)}Z ` : '';
  return `${state}  ${what.join(', ')}  ${from}${until}  ${author}: ${comment}  held ${held}  (${id})`;
}

/** As elsewhere, and days. */
function parseLong(text: string): number {
  const days = /^(\d{1,4})d$/.exec(text);
  const seconds = days === null ? parseSeconds(text) : Number(days[1]) * 86_400;
  if (seconds <= 0) throw new InvalidArgumentError('Write how long: 30m, 8h, 7d.');
  return seconds;
}
