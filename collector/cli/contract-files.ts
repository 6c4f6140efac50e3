import { readFileSync } from 'node:fs';
import { fileText } from '#rules/contract/file-text.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';

/** The text of a contract file that the user named. Throws CommandFailure. */
export function readContractFile(file: string): string {
  const read = fileText(bytesOf(file), file);
  if (read.status === 'ok') return read.text;
  throw new CommandFailure(formatProblem(read.problem), EXIT.usage);
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}
