import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import type {
  BulkReplayAnswer,
  QuarantineDetail,
  QuarantinedEvent,
  QuarantineList,
} from '#api/schema/quarantine.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, parseCount, urlOption } from './options.ts';
import { print, table } from './output.ts';
import { serverClient, type ServerClient } from './server-client.ts';

interface Asked {
  readonly url: string;
  readonly json: boolean;
}

interface FilterOptions {
  readonly reason?: string;
  readonly producer?: string;
  readonly source?: string;
  readonly search?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `assay quarantine`: events that could not be accepted, and what can be done with them. */
export function quarantineCommand(): Command {
  return new Command('quarantine')
    .description('Look at events that could not be accepted; mend and replay them, or discard them.')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand());
}

function withFilter(command: Command): Command {
  return command
    .option('--reason <reason>', 'not_json, invalid_envelope or projection_failed')
    .option('--producer <uri>', 'who made the event, as it says itself')
    .addOption(new Option('--source <source>', 'how it came').choices(['http', 'file', 'kafka', 'replay']))
    .option('--search <text>', 'a text in the event, the producer or a problem')
    .option('--since <time>', 'last received at this time or later, as 2026-01-31T12:00:00Z')
    .option('--until <time>', 'last received before this time');
}

function filterOf({ search, ...options }: FilterOptions): Record<string, string> {
  const names = ['reason', 'producer', 'source', 'since', 'until'] as const;
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return Object.fromEntries([...given, ...(search === undefined ? [] : [['q', search]])]) as Record<
    string,
    string
  >;
}

function listCommand(): Command {
  return withFilter(new Command('list').description('List entries, the last received first.'))
    .addOption(
      new Option('--state <state>', 'which ones')
        .choices(['open', 'replayed', 'discarded', 'all'])
        .default('open'),
    )
    .option('--limit <count>', 'entries at most, up to 1000', parseCount, 50)
    .option('--cursor <cursor>', 'go on behind an earlier list')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (options: Asked & FilterOptions & { state: string; limit: number; cursor?: string }) => {
      const query = new URLSearchParams({
        ...filterOf(options),
        state: options.state,
        limit: String(options.limit),
        ...(options.cursor !== undefined && { cursor: options.cursor }),
      });
      const path = `/api/v2/quarantine?${query.toString()}`;
      const answer = await serverClient(options.url).get<QuarantineList>(path);
      print(options.json, answer, () => listed(answer));
    });
}

function listed({ events, next }: QuarantineList): string[] {
  if (events.length === 0) return ['Nothing is in quarantine that matches.'];
  const rows = events.map((event) => [
    event.id,
    event.lastReceivedAt.slice(0, 19),
    `${event.times}`,
    event.state,
    event.reason,
    event.producer ?? '',
    event.problems[0] ? problemLine(event.problems[0]) : '',
  ]);
  const head = ['id', 'last received', 'times', 'state', 'reason', 'producer', 'problem'];
  return [...table([head, ...rows]), ...(next === null ? [] : [`There are more: --cursor ${next}`])];
}

function problemLine({ pointer, detail }: { readonly pointer: string; readonly detail: string }): string {
  return `${pointer || '/'}: ${detail}`;
}

function showCommand(): Command {
  return new Command('show')
    .description(
      'Show one entry with the event as text; --output writes its bytes to a file, - to the standard output.',
    )
    .argument('<id>', 'id of the entry')
    .option('--output <file>', 'write exactly the bytes that were received there')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (id: string, options: Asked & { output?: string }) => {
      const client = serverClient(options.url);
      const path = `/api/v2/quarantine/${encodeURIComponent(id)}`;
      if (options.output === undefined) {
        const entry = await client.get<QuarantineDetail>(path);
        print(options.json, entry, () => described(entry));
        return;
      }
      const bytes = await client.bytes(`${path}/bytes`);
      if (options.output === '-') process.stdout.write(bytes);
      else write(options.output, bytes);
    });
}

function described(entry: QuarantineDetail): string[] {
  const settled = entry.settledAt === null ? '' : ` at ${entry.settledAt}`;
  return [
    `${entry.id}: ${entry.state}${settled}${entry.settledBy === null ? '' : ` by ${entry.settledBy}`}${entry.note === null ? '' : `, ${entry.note}`}`,
    ...(entry.replayedAs === null ? [] : [`event ${entry.replayedAs}`]),
    `received ${entry.times} times, from ${entry.firstReceivedAt} to ${entry.lastReceivedAt}, by ${entry.source}`,
    `producer ${entry.producer ?? '(none given)'}, ${entry.size} bytes${entry.exact ? '' : ', not all of them text: --output gives them as they are'}`,
    entry.reason,
    ...entry.problems.map((problem) => `  ${problemLine(problem)}`),
    '',
    entry.text,
  ];
}

function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}

function replayCommand(): Command {
  return withFilter(
    new Command('replay').description(
      'Take events in again: one as it is or mended (--file), or with --all every open one that matches.',
    ),
  )
    .argument('[id]', 'id of the entry')
    .option('--file <file>', 'the mended event; - reads the standard input')
    .option('--all', 'every open entry that matches the filters', false)
    .option('--by <name>', 'who does it')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        id: string | undefined,
        options: Asked & FilterOptions & { file?: string; all: boolean; by?: string },
      ) => {
        if ((id === undefined) !== options.all)
          throw new CommandFailure('Name one entry by its id, or give --all.', EXIT.usage);
        const client = serverClient(options.url);
        if (id === undefined) await replayAll(client, options);
        else await replayOne(client, id, options);
      },
    );
}

async function replayOne(
  client: ServerClient,
  id: string,
  options: Asked & { readonly file?: string; readonly by?: string },
): Promise<void> {
  const query = options.by === undefined ? '' : `?by=${encodeURIComponent(options.by)}`;
  const path = `/api/v2/quarantine/${encodeURIComponent(id)}/replay${query}`;
  const bytes = options.file === undefined ? new Uint8Array() : read(options.file);
  if (options.file !== undefined && bytes.byteLength === 0)
    throw new CommandFailure(
      `${options.file} is empty; leave --file out to replay the event as it is.`,
      EXIT.usage,
    );
  const event = await client.postBytes<{ readonly id: string; readonly duplicate: boolean }>(path, bytes);
  print(options.json, event, () => [
    `Replayed as event ${event.id}${event.duplicate ? ', which was there already' : ''}.`,
  ]);
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}

async function replayAll(
  client: ServerClient,
  options: Asked & FilterOptions & { readonly by?: string },
): Promise<void> {
  const report: { replayed: number; failed: BulkReplayAnswer['failed'][number][] } = {
    replayed: 0,
    failed: [],
  };
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{replayed} replayed, {failed} still refused', stream: process.stderr })
    : null;
  bar?.start(1, 0, { replayed: 0, failed: 0 });
  try {
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await replayPage(client, {
        ...filterOf(options),
        ...(options.by !== undefined && { by: options.by }),
        ...(cursor !== undefined && { cursor }),
      });
      report.replayed += page.replayed;
      report.failed.push(...page.failed);
      bar?.update({ replayed: report.replayed, failed: report.failed.length });
      cursor = page.next;
    }
  } finally {
    bar?.stop();
  }
  print(options.json, report, () => [
    `${report.replayed} replayed, ${report.failed.length} still refused.`,
    ...report.failed
      .slice(0, 20)
      .map(({ id, problems }) => `  ${id} ${problems[0] ? problemLine(problems[0]) : ''}`),
  ]);
  if (report.failed.length > 0) process.exitCode = EXIT.bad;
}

const ATTEMPTS = 60;

/** One page; waits while Assay has no room. */
async function replayPage(client: ServerClient, body: object): Promise<BulkReplayAnswer> {
  const path = '/api/v2/quarantine/replay';
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    const answer = await client.send(path, Buffer.from(JSON.stringify(body)));
    if (answer.status === 200) return answer.document as BulkReplayAnswer;
    if (answer.status !== 503) break;
    await sleep((answer.retryAfter ?? 1) * 1000);
  }
  return client.post<BulkReplayAnswer>(path, body);
}

function discardCommand(): Command {
  return new Command('discard')
    .description('Mark entries as not wanted, with a reason. They are kept until retention deletes them.')
    .argument('<id...>', 'ids of entries')
    .requiredOption('--reason <reason>', 'why they are not wanted')
    .option('--by <name>', 'who does it')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (ids: string[], options: Asked & { reason: string; by?: string }) => {
      const client = serverClient(options.url);
      const body = { reason: options.reason, ...(options.by !== undefined && { by: options.by }) };
      const discarded: QuarantinedEvent[] = [];
      for (const id of ids)
        discarded.push(
          await client.post<QuarantinedEvent>(`/api/v2/quarantine/${encodeURIComponent(id)}/discard`, body),
        );
      print(options.json, { discarded }, () => discarded.map(({ id }) => `${id} discarded.`));
    });
}
