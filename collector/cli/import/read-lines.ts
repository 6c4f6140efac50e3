/** One line of a file, with where it ends. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** As in the file, without the line feed; null when it is longer than LONGEST_LINE. */
  readonly bytes: Buffer | null;
  /** The last bytes of it, of a longer line too. */
  readonly tail: Buffer;
  /** Bytes of the file up to and with the line's end. */
  readonly end: number;
  /** False for what stands behind the last line end: its writer may not be done. */
  readonly finished: boolean;
}

/** A longer line is no event that any Assay takes, and would fill the memory. */
export const LONGEST_LINE = 64 * 1024 * 1024;
const TAIL = 4096;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Cuts bytes into lines. What comes first stands at `from` and in the line behind `lines`. */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  { from, lines }: { readonly from: number; readonly lines: number },
): AsyncGenerator<Line> {
  let number = lines;
  let end = from;
  let parts: Buffer[] = [];
  let length = 0;
  const line = (finished: boolean): Line => {
    number += 1;
    end += length + (finished ? 1 : 0);
    const joined = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const bytes = length > LONGEST_LINE ? null : joined;
    parts = [];
    length = 0;
    return { number, bytes, tail: joined.subarray(-TAIL), end, finished };
  };
  const add = (part: Buffer): void => {
    length += part.length;
    parts.push(part);
    if (length > LONGEST_LINE) parts = [Buffer.concat(parts).subarray(-TAIL)];
  };
  for await (const chunk of chunks) {
    let begin = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, begin)) {
      add(chunk.subarray(begin, at));
      yield line(true);
      begin = at + 1;
    }
    if (begin < chunk.length) add(chunk.subarray(begin));
  }
  if (length > 0) yield line(false);
}

/** Whether the bytes are a whole JSON document: no beginning of an object is one. */
export function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Whether a line has nothing but white space. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === CARRIAGE_RETURN);
}
