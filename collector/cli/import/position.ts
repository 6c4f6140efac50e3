import { hostname } from 'node:os';
import { realpathSync } from 'node:fs';
import type { ImportPositionBody } from '#api/imports.ts';
import { derivedId } from '#model/ids.ts';
import type { ServerClient } from '../server-client.ts';

/** Where reading of one path stands. */
export interface Position {
  readonly position: number;
  readonly lines: number;
  readonly fingerprint: string;
  /** Stored and rejected over all runs. */
  readonly events: number;
  readonly rejected: number;
}

export const START: Position = { position: 0, lines: 0, fingerprint: '', events: 0, rejected: 0 };

/** Time between two savings in a long import, in milliseconds. */
const SAVE_EVERY = 2000;

/**
 * Keeps positions in the store of the Assay that has the events, by machine and path: a store that is made anew
 * is imported into anew. Saved after what it stands for was stored, so a crash repeats events and loses none.
 */
export class PositionBook {
  readonly #client: ServerClient;
  readonly #saved = new Map<string, number>();

  constructor(client: ServerClient) {
    this.#client = client;
  }

  async load(path: string): Promise<Position> {
    const found = await this.#client.find<ImportPositionBody>(`/api/v2/imports/${idOf(path)}`);
    return found ?? START;
  }

  /** Saves when it is time to, or at once when told so. */
  async save(
    path: string,
    at: Position,
    { now, atOnce }: { readonly now: number; readonly atOnce: boolean },
  ): Promise<void> {
    if (!atOnce && now - (this.#saved.get(path) ?? 0) < SAVE_EVERY) return;
    this.#saved.set(path, now);
    const body: ImportPositionBody = {
      machine: hostname(),
      path: realpathSync(path),
      ...at,
    };
    await this.#client.put(`/api/v2/imports/${idOf(path)}`, body);
  }
}

function idOf(path: string): string {
  return derivedId('import', hostname(), realpathSync(path));
}
