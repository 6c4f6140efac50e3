import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient, type ServerClient } from './server-client.ts';

interface ImportReport {
  events: number;
  rejected: number;
  /** file:line and reason of the first rejected ones. */
  readonly problems: string[];
}

const BATCH = 100;
const SHOWN_PROBLEMS = 20;
const ATTEMPTS = 60;

/** `assay import FILE.jsonl`: one OpenLineage event a line, sent to a running Assay. Importing again adds nothing. */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'Read OpenLineage events from a JSON Lines file (one event a line) into a running Assay. Importing twice adds nothing.',
    )
    .argument('<file>', 'JSON Lines file, as the OpenLineage file transport writes it')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (file: string, options: { url: string; json: boolean }) => {
      const size = sizeOf(file);
      const bar = process.stderr.isTTY
        ? new SingleBar({ format: '{bar} {percentage} % | {events} events', stream: process.stderr })
        : null;
      bar?.start(size, 0, { events: 0 });
      const report = await importFile(file, serverClient(options.url), (bytes, events) =>
        bar?.update(bytes, { events }),
      );
      bar?.stop();
      print(options.json, report, () => [
        `${report.events} events stored, ${report.rejected} rejected${report.rejected > 0 ? ' (kept in quarantine)' : ''}.`,
        ...report.problems,
      ]);
      if (report.rejected > 0) process.exitCode = EXIT.bad;
    });
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}

async function importFile(
  file: string,
  client: ServerClient,
  progress: (bytes: number, events: number) => void,
): Promise<ImportReport> {
  const report: ImportReport = { events: 0, rejected: 0, problems: [] };
  let batch: { line: number; text: string }[] = [];
  let lineNumber = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    await sendBatch(file, batch, client, report);
    batch = [];
    progress(bytes, report.events);
  };
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lineNumber += 1;
    bytes += Buffer.byteLength(text) + 1;
    if (text.trim() !== '') batch.push({ line: lineNumber, text });
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return report;
}

interface BatchAnswer {
  readonly summary: { readonly successful: number };
  readonly failed_events?: readonly {
    readonly index: number;
    readonly reason: string;
    readonly retriable: boolean;
  }[];
}

async function sendBatch(
  file: string,
  batch: readonly { line: number; text: string }[],
  client: ServerClient,
  report: ImportReport,
): Promise<void> {
  let pending = batch;
  // A line that is no JSON would break the whole array: such a batch goes event by event.
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    if (attempt > ATTEMPTS)
      throw new CommandFailure(
        `Assay stayed overloaded; ${report.events} events are stored, run the same command again later.`,
        EXIT.timeout,
      );
    const answer = await client.send(
      '/api/v1/lineage/batch',
      Buffer.from(`[${pending.map((event) => event.text).join(',')}]`),
    );
    if (answer.status === 503) {
      await sleep((answer.retryAfter ?? 1) * 1000);
      continue;
    }
    if (answer.status !== 200) {
      await sendSingly(file, pending, client, report);
      return;
    }
    const { summary, failed_events: failed = [] } = answer.document as BatchAnswer;
    report.events += summary.successful;
    for (const failure of failed) {
      if (!failure.retriable) reject(report, `${file}:${pending[failure.index]?.line}: ${failure.reason}`);
    }
    pending = failed
      .filter((failure) => failure.retriable)
      .flatMap((failure) => pending[failure.index] ?? []);
  }
}

async function sendSingly(
  file: string,
  batch: readonly { line: number; text: string }[],
  client: ServerClient,
  report: ImportReport,
): Promise<void> {
  for (const { line, text } of batch) {
    let answer = await client.send('/api/v1/lineage', Buffer.from(text));
    for (let attempt = 1; answer.status === 503 && attempt < ATTEMPTS; attempt += 1) {
      await sleep((answer.retryAfter ?? 1) * 1000);
      answer = await client.send('/api/v1/lineage', Buffer.from(text));
    }
    if (answer.status === 201) report.events += 1;
    else if (answer.status === 503)
      throw new CommandFailure(
        `Assay stayed overloaded at ${file}:${line}; run the same command again later.`,
        EXIT.timeout,
      );
    else reject(report, `${file}:${line}: ${detailOf(answer.document, answer.status)}`);
  }
}

function reject(report: ImportReport, problem: string): void {
  report.rejected += 1;
  if (report.problems.length < SHOWN_PROBLEMS) report.problems.push(problem);
  else if (report.problems.length === SHOWN_PROBLEMS)
    report.problems.push('… and more; all are in quarantine.');
}

function detailOf(document: unknown, status: number): string {
  if (typeof document !== 'object' || document === null || !('detail' in document))
    return `answered ${status}`;
  const { detail, errors } = document as {
    detail: string;
    errors?: readonly { pointer: string; detail: string }[];
  };
  return [detail, ...(errors ?? []).map((error) => `${error.pointer || '/'}: ${error.detail}`)].join(' ');
}
