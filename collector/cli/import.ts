import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { importFolder } from './import/import-folder.ts';
import { importFile, importLines, type ImportContext } from './import/import-lines.ts';
import { decompressed, factsOf, packingOf, peek, Tail } from './import/open-file.ts';
import { PositionBook, START, type Position } from './import/position.ts';
import { Sender, type ImportReport } from './import/sender.ts';
import { jsonOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

interface Options {
  readonly url: string;
  readonly json: boolean;
  readonly fromStart: boolean;
  readonly follow: boolean;
}

/** Between two looks at files that are followed, in milliseconds. */
const LOOK_EVERY = 500;

/** `assay import PATH…`: events of files, sent to a running Assay, which keeps how far each was read. */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'Read OpenLineage events from files into a running Assay: one event a line (also .gz and .zst), folders with one event a file, - for the standard input. A second run goes on where the last one ended.',
    )
    .argument('<path...>', 'files and folders as the OpenLineage file transport writes them, or -')
    .option('--from-start', 'read everything again; what is stored already adds nothing', false)
    .option('--follow', 'wait for more when the end is reached, until interrupted', false)
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (paths: string[], options: Options) => {
      const report = await importPaths(paths, options);
      print(options.json, report, () => summaryOf(report));
      if (report.rejected > 0) process.exitCode = EXIT.bad;
    });
}

function summaryOf(report: ImportReport): string[] {
  return [
    `${report.events} events stored, ${report.rejected} rejected${report.rejected > 0 ? ' (kept in quarantine)' : ''}.`,
    ...report.problems,
    ...report.unfinished.map((place) => `${place} is not written to its end; the next import takes it.`),
  ];
}

async function importPaths(paths: readonly string[], options: Options): Promise<ImportReport> {
  const facts = paths.map((path) => (path === '-' ? null : factsOf(path)));
  const client = serverClient(options.url);
  const sender = new Sender(client);
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  // The second one ends the process as usual.
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const total = facts.reduce((sum, one) => sum + (one?.size ?? 0), 0);
  const bar = startBar(options.follow ? 0 : total);
  let read = 0;
  const context: ImportContext = {
    sender,
    book: new PositionBook(client),
    now: () => performance.now(),
    onRead: (bytes) => (read += bytes),
    onProgress: () => bar?.update(Math.min(read, total), sender.report),
    fromStart: options.fromStart,
    stopped: () => interrupt.signal.aborted,
  };
  try {
    const positions = new Map<string, Position>();
    do {
      sender.report.unfinished.length = 0;
      for (const [index, path] of paths.entries()) {
        if (interrupt.signal.aborted) break;
        if (path === '-') {
          if (!positions.has(path)) positions.set(path, await importInput(context));
          continue;
        }
        const from = positions.get(path) ?? (options.fromStart ? START : await context.book.load(path));
        const read = facts[index]?.isFolder ? importFolder : importFile;
        positions.set(path, await readable(path, () => read(path, from, context)));
      }
      if (options.follow) await sleep(LOOK_EVERY, null, { signal: interrupt.signal }).catch(() => {});
    } while (options.follow && !interrupt.signal.aborted);
    if (interrupt.signal.aborted && !options.follow)
      throw new CommandFailure(
        `Interrupted; ${sender.report.events} events are stored. The same command goes on from there.`,
        EXIT.unknown,
      );
    return sender.report;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    bar?.stop();
  }
}

/** The standard input has no name by which a position could be kept. */
async function importInput(context: ImportContext): Promise<Position> {
  const { head, all } = await peek(process.stdin as AsyncIterable<Buffer>);
  const chunks = decompressed(all, packingOf(head), context.onRead);
  const unnamed = { ...context, book: { load: () => Promise.resolve(START), save: () => Promise.resolve() } };
  return readable('-', () => importLines(chunks, '-', START, new Tail(), unnamed));
}

/** Says of what cannot be read, or not to its end, which file it is. */
async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (/^(?:Z_|ZSTD_|ERR_ZSTD|ERR_BUFFER)/.test(code))
      throw new CommandFailure(
        `${path} is damaged or not written to its end (${code}); what could be read before is stored.`,
        EXIT.bad,
      );
    if (/^E[A-Z]+$/.test(code)) throw new CommandFailure(`${path} cannot be read (${code}).`, EXIT.usage);
    throw error;
  }
}

function startBar(total: number): SingleBar | null {
  if (!process.stderr.isTTY) return null;
  const format =
    total > 0
      ? '{bar} {percentage} % | {events} events, {rejected} rejected | {eta_formatted} left'
      : '{events} events, {rejected} rejected | {duration_formatted}';
  const bar = new SingleBar({ format, stream: process.stderr });
  bar.start(Math.max(total, 1), 0, { events: 0, rejected: 0 });
  return bar;
}
