import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { headOf, packingOf } from './open-file.ts';
import { importFile, type ImportContext } from './import-lines.ts';
import { START, type Position } from './position.ts';
import { isJson, LONGEST_LINE } from './read-lines.ts';
import type { Outgoing } from './sender.ts';

interface Found {
  readonly file: string;
  /** Of the last change, in milliseconds since 1970. */
  readonly time: number;
  readonly size: number;
}

const BATCH_EVENTS = 250;
const BATCH_BYTES = 4 * 1024 * 1024;
const EVENT_FILE = /\.(?:json|jsonl|ndjson|log)(?:\.gz|\.zst)?$/;

/**
 * Reads a folder, with those inside, in the order in which its files were written: files of one event each, as
 * the Python client's file transport makes them, and files of one event a line. The position is the time of
 * the newest file that is done, with the names of all of that instant; files of events by line keep their own.
 */
export async function importFolder(
  folder: string,
  from: Position,
  context: ImportContext,
): Promise<Position> {
  const { sender, book, now } = context;
  const found = filesIn(folder).filter(({ time }) => time >= from.position);
  const atStart = found.filter(({ time }) => time === from.position);
  const done = from.position > 0 && fingerprintOf(atStart) === from.fingerprint;
  const due = done ? found.filter(({ time }) => time > from.position) : found;
  const before = { events: sender.report.events, rejected: sender.report.rejected };
  let at = from;
  let batch: Outgoing[] = [];
  let bytes = 0;
  // A file that is still being written must be looked at again, and with it all that are newer.
  let held = false;
  const flush = async (reached: Found | undefined, atOnce: boolean): Promise<void> => {
    await sender.send(batch);
    batch = [];
    bytes = 0;
    if (reached && !held) {
      const together = found.filter(({ time, file }) => time === reached.time && file <= reached.file);
      at = {
        ...START,
        position: reached.time,
        fingerprint: fingerprintOf(together),
        events: from.events + sender.report.events - before.events,
        rejected: from.rejected + sender.report.rejected - before.rejected,
      };
    }
    await book.save(folder, at, { now: now(), atOnce });
    context.onProgress();
  };
  let reached: Found | undefined;
  for (const one of due) {
    if (context.stopped()) break;
    const content = oneEvent(one);
    if (content) {
      context.onRead(one.size);
      batch.push({ place: one.file, bytes: content });
      bytes += content.length;
    } else {
      await flush(reached, false);
      const unfinished = sender.report.unfinished.length;
      await importFile(one.file, context.fromStart ? START : await book.load(one.file), context);
      held ||= sender.report.unfinished.length > unfinished;
    }
    if (!held) reached = one;
    if (batch.length >= BATCH_EVENTS || bytes >= BATCH_BYTES) await flush(reached, false);
  }
  await flush(reached, true);
  return at;
}

function filesIn(folder: string): Found[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && EVENT_FILE.test(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const facts = statSync(file, { throwIfNoEntry: false });
      return facts ? [{ file, time: Math.floor(facts.mtimeMs), size: facts.size }] : [];
    })
    .sort((a, b) => a.time - b.time || (a.file < b.file ? -1 : 1));
}

/** The whole file when it is one JSON document; null when it is to be read line by line. */
function oneEvent({ file, size }: Found): Buffer | null {
  if (!file.endsWith('.json') || size > LONGEST_LINE || packingOf(headOf(file)) !== 'none') return null;
  const content = readFileSync(file);
  return isJson(content) ? content : null;
}

function fingerprintOf(files: readonly Found[]): string {
  return hash('sha256', files.map(({ file }) => file).join('\n'));
}
