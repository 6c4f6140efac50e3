import { openFrom, type OnRead, type Tail } from './open-file.ts';
import { START, type Position, type PositionBook } from './position.ts';
import { isBlank, isJson, LONGEST_LINE, readLines, type Line } from './read-lines.ts';
import type { Outgoing, Sender } from './sender.ts';

export interface ImportContext {
  readonly sender: Sender;
  readonly book: Pick<PositionBook, 'load' | 'save'>;
  readonly now: () => number;
  readonly onRead: OnRead;
  /** Told after each batch. */
  readonly onProgress: () => void;
  /** True when positions that were kept do not count. */
  readonly fromStart: boolean;
  /** True when the user wants to end. */
  readonly stopped: () => boolean;
}

const BATCH_EVENTS = 250;
const BATCH_BYTES = 4 * 1024 * 1024;
const LINE_END = Buffer.from('\n');

/** Reads a file of one event a line from a position on; gives where it came to. */
export async function importFile(file: string, from: Position, context: ImportContext): Promise<Position> {
  const opened = await openFrom(file, from.position, from.fingerprint, context.onRead);
  if (opened) return importLines(opened.chunks, file, from, opened.tail, context);
  // Another file of that name: nothing of it was read yet.
  const anew = await openFrom(file, 0, null, context.onRead);
  const start = { ...START, events: from.events, rejected: from.rejected };
  return anew ? importLines(anew.chunks, file, start, anew.tail, context) : start;
}

/**
 * Sends lines in batches, each position only after what stands before it is stored. What stands behind the
 * last line end is sent when it is a whole JSON document, else it is left for the next time.
 */
export async function importLines(
  chunks: AsyncIterable<Buffer>,
  name: string,
  from: Position,
  tail: Tail,
  context: ImportContext,
): Promise<Position> {
  const { sender, book, now } = context;
  const before = { events: sender.report.events, rejected: sender.report.rejected };
  let at = from;
  let batch: Line[] = [];
  let bytes = 0;
  const flush = async (atOnce: boolean): Promise<void> => {
    await sender.send(batch.flatMap((line) => eventOf(line, name, sender)));
    for (const line of batch) {
      tail.add(line.tail);
      if (line.finished) tail.add(LINE_END);
    }
    const last = batch.at(-1);
    at = {
      position: last?.end ?? at.position,
      // What follows a line without its end still belongs to that line.
      lines: last ? last.number - (last.finished ? 0 : 1) : at.lines,
      fingerprint: tail.fingerprint,
      events: from.events + sender.report.events - before.events,
      rejected: from.rejected + sender.report.rejected - before.rejected,
    };
    batch = [];
    bytes = 0;
    context.onProgress();
    if (last || atOnce) await book.save(name, at, { now: now(), atOnce });
  };
  for await (const line of readLines(chunks, { from: from.position, lines: from.lines })) {
    if (!line.finished && line.bytes !== null && !isBlank(line.bytes) && !isJson(line.bytes)) {
      sender.report.unfinished.push(`${name}:${line.number}`);
      break;
    }
    batch.push(line);
    bytes += line.bytes?.length ?? 0;
    if (batch.length >= BATCH_EVENTS || bytes >= BATCH_BYTES) await flush(false);
    if (context.stopped()) break;
  }
  await flush(true);
  return at;
}

function eventOf(line: Line, name: string, sender: Sender): Outgoing[] {
  const place = `${name}:${line.number}`;
  if (line.bytes === null) {
    sender.reject(`${place}: the line is longer than ${LONGEST_LINE} bytes and was passed over.`);
    return [];
  }
  return isBlank(line.bytes) ? [] : [{ place, bytes: line.bytes }];
}
