import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Logger } from 'pino';
import { keepContractFault } from '#gate/contract-faults.ts';
import { pushContracts } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { fileText } from '#rules/contract/file-text.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { dropFaultsOfGoneFiles } from '#store/contract-faults.ts';
import { Problem } from './problems.ts';

export interface ContractFolderOptions {
  /** Absolute. */
  readonly folder: string;
  readonly gate: GateServices;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

const PUSHED_BY = 'contracts folder';
const MOST_FILES = 5000;
/** Larger files are not read: a contract of a million characters is refused already. */
const MOST_BYTES = 8_000_000;

/**
 * Pushes the contract files of a folder (*.yaml, *.yml, also in folders below) when it starts and whenever one
 * has changed. By looking, not by notices of the file system, which mounted volumes do not send. A file that is
 * refused is kept as the last error of its datasets and logged; a file that goes away takes no contract with it.
 */
export class ContractFolder {
  readonly #options: ContractFolderOptions;
  /** What each file was when it was pushed: time of change and size. */
  readonly #seen = new Map<string, string>();
  /** What went wrong with files that are tried again; told once. */
  readonly #failed = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #complained = '';
  /** The files of the last look. */
  #there: string | null = null;

  constructor(options: ContractFolderOptions) {
    this.#options = options;
  }

  /** The first look is over when this resolves. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.look());
    }, this.#options.every ?? 10_000);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  /** Pushes what changed since the last look. Never throws: what is wrong is logged. */
  async look(): Promise<void> {
    const { folder, log } = this.#options;
    try {
      const names = (await readdir(folder, { recursive: true }))
        .filter((name) => /\.ya?ml$/i.test(name))
        .sort();
      for (const name of names.slice(0, MOST_FILES)) await this.#lookAt(join(folder, name));
      this.#complained = '';
      await this.#forget(names.slice(0, MOST_FILES));
      for (const path of this.#seen.keys())
        if (!names.includes(relative(folder, path))) this.#seen.delete(path);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#complained)
        log.error({ folder }, `the contracts folder cannot be read: ${message}`);
      this.#complained = message;
    }
  }

  /** What was wrong with files that are gone is wrong no more. */
  async #forget(names: readonly string[]): Promise<void> {
    const there = names.join('\n');
    if (there === this.#there) return;
    await this.#options.gate.database.execute(dropFaultsOfGoneFiles(PUSHED_BY, names));
    this.#there = there;
  }

  async #lookAt(path: string): Promise<void> {
    const { folder, gate, now, log } = this.#options;
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) return;
    const state = `${found.mtimeMs}:${found.size}`;
    if (this.#seen.get(path) === state) return;
    const fileName = relative(folder, path);
    if (found.size > MOST_BYTES) {
      this.#seen.set(path, state);
      log.warn({ file: fileName }, `a file of ${found.size} bytes is no contract, and was not read`);
      return;
    }
    try {
      const read = fileText(await readFile(path), fileName);
      const push = { text: read.text, fileName, pushedBy: PUSHED_BY };
      if (read.status === 'error') {
        const refused = new Problem('invalid_contract', formatProblem(read.problem), {
          errors: [read.problem],
        });
        await keepContractFault(gate, push, refused, now());
        throw refused;
      }
      const { pushed } = await pushContracts(gate, push, now());
      this.#seen.set(path, state);
      this.#failed.delete(path);
      for (const { row, changed } of pushed)
        if (changed)
          log.info({ dataset: row.name, version: row.version, file: fileName }, 'a contract was taken');
    } catch (error) {
      if (error instanceof Problem && error.status < 500) {
        // Not tried again before it changes: the same text is refused again.
        this.#seen.set(path, state);
        log.warn({ file: fileName }, `a contract was refused, what was in force stays so: ${error.message}`);
        return;
      }
      // The file or the store: other files are looked at all the same, and this one again the next time.
      const message = error instanceof Error ? error.message : String(error);
      if (this.#failed.get(path) !== message)
        log.error({ file: fileName }, `a contract could not be taken, it is tried again: ${message}`);
      this.#failed.set(path, message);
    }
  }
}
