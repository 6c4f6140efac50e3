import { existsSync, readFileSync, statSync } from 'node:fs';
import { codeOf, reasonOf, StoreError } from '../store-error.ts';

/** Turns a file system error about the data folder into a sentence for a person. */
export function folderError(error: unknown, folder: string): Error {
  if (error instanceof StoreError) return error;
  switch (codeOf(error) ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(folder);
    case 'EROFS':
      return new StoreError(
        `The data folder ${folder} is on a read-only file system. Set ASSAY_DATA_DIR to a folder that can be written, or set DATABASE_URL.`,
      );
    case 'EACCES':
    case 'EPERM': {
      const owner = ownerOf(folder);
      const whose = owner === undefined ? '' : ` (it belongs to user id ${owner})`;
      return new StoreError(
        `The data folder ${folder} cannot be written by this account${whose}. ` +
          'Give the folder to this account, set ASSAY_DATA_DIR to another one, or set DATABASE_URL.',
      );
    }
    case 'ENOTDIR':
    case 'EEXIST':
      return new StoreError(
        `The data folder ${folder} is a file, or lies below one. Set ASSAY_DATA_DIR to a folder.`,
      );
    default:
      return new StoreError(`The data folder ${folder} cannot be used: ${reasonOf(error)}.`, {
        cause: error,
      });
  }
}

export function diskFull(folder: string): StoreError {
  return new StoreError(
    `The disk that holds the data folder ${folder} is full. Free some space, or set ASSAY_DATA_DIR to a folder elsewhere.`,
  );
}

/** A program of PostgreSQL failed: its own last words, which `log` holds from `offset` on. */
export function programError(what: string, folder: string, log: string): Error {
  if (/No space left on device|Disk quota exceeded/.test(log)) return diskFull(folder);
  const words = log.trimEnd().split('\n').slice(-8).join('\n');
  return new StoreError(`${what} (data folder ${folder}). Its last words:\n${words}`);
}

/** The text that was written to a log after `offset` bytes. */
export function logSince(path: string, offset: number): string {
  return existsSync(path) ? readFileSync(path).subarray(offset).toString('utf8') : '';
}

function ownerOf(folder: string): number | undefined {
  try {
    return statSync(folder).uid;
  } catch {
    return undefined;
  }
}
