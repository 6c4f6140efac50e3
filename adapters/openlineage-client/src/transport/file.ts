import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Settings } from '../config/settings.ts';
import { EmitError } from '../errors.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { Transport } from './transport.ts';
import { serialise } from './transport.ts';

/** Options of the file transport, named as in the Python client. */
export interface FileOptions {
  /** A path or `file://` URL; a prefix unless `append`. */
  readonly log_file_path: string;
  /** True: append JSON lines to the one file. False (default): a new file per event. */
  readonly append?: boolean;
}

/** Writes events to one JSON Lines file, or each to a file `{log_file_path}-{UTC time}.json` of its own. */
export class FileTransport implements Transport {
  readonly kind = 'file';
  readonly #path: string;
  readonly #append: boolean;
  readonly #clock: () => Date;
  #sequence = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FileOptions, clock: () => Date = () => new Date()) {
    const { log_file_path: path } = options;
    this.#path = path.startsWith('file:') ? fileURLToPath(path) : path;
    this.#append = options.append ?? false;
    this.#clock = clock;
  }

  /** @throws {ConfigurationError} */
  static fromSettings(settings: Settings): FileTransport {
    const path = settings.requiredString('log_file_path', 'location');
    if (/^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
      throw settings.error('log_file_path', 'must be a local path; remote file systems are not supported');
    }
    return new FileTransport({ log_file_path: path, append: settings.boolean('append', false) });
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    const line = `${serialise(event)}\n`;
    // One write at a time: a long line may need several, and lines must not mix.
    const written = this.#last.then(() => this.#write(line));
    this.#last = written.catch(() => undefined);
    await written;
  }

  async close(): Promise<void> {
    await this.#last;
  }

  async #write(line: string): Promise<void> {
    const path = this.#append ? this.#path : `${this.#path}-${this.#stamp()}.json`;
    try {
      await mkdir(dirname(path), { recursive: true });
    } catch (error) {
      throw unwritable(path, error);
    }
    try {
      await (this.#append ? appendFile(path, line) : writeFile(path, line, { flag: 'wx' }));
    } catch (error) {
      // Another process took the name in the same millisecond; the next number is ours.
      if (!this.#append && codeOf(error) === 'EEXIST') return this.#write(line);
      throw unwritable(path, error);
    }
  }

  /** `20260101-123456.789001`: milliseconds, then a running number where the Python client has microseconds. */
  #stamp(): string {
    this.#sequence = (this.#sequence + 1) % 1000;
    const [day = '', time = ''] = this.#clock().toISOString().slice(0, -1).split('T');
    const sequence = String(this.#sequence).padStart(3, '0');
    return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}${sequence}`;
  }
}

function unwritable(path: string, error: unknown): EmitError {
  return new EmitError(`Cannot write the event to ${path}: ${codeOf(error) ?? 'unknown error'}.`, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
