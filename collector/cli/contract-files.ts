import { readFileSync } from 'node:fs';
import { CommandFailure, EXIT } from './exit-codes.ts';

/** The text of a contract file that the user named. Throws CommandFailure. */
export function readContractFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}
