import { createHash } from 'node:crypto';
import type { Contract } from '#model/contract.ts';
import { Problem } from '#collector/problems.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { formatProblem, type Problem as ContractProblem } from '#rules/contract/problem.ts';

interface ReadFile {
  readonly contracts: readonly Contract[];
  readonly warnings: readonly ContractProblem[];
}

/**
 * Texts that were read lately: a file of many datasets is read once, not for every check of every dataset.
 * By file name and hash; the oldest goes first.
 */
const lately = new Map<string, ReadFile>();
const MOST_TEXTS = 64;

/** What a contract file says. Throws invalid_contract with every fault and its place. */
export function parsedText(text: string, fileName: string): ReadFile {
  const key = `${createHash('sha256').update(text).digest('base64')} ${fileName}`;
  const known = lately.get(key);
  if (known) {
    lately.delete(key);
    lately.set(key, known);
    return known;
  }
  const outcome = parseContracts(text, fileName);
  if (outcome.status === 'error') throw refused(outcome.problems);
  const { contracts, warnings } = outcome;
  const read = { contracts, warnings };
  lately.set(key, read);
  const [oldest] = lately.keys();
  if (lately.size > MOST_TEXTS && oldest !== undefined) lately.delete(oldest);
  return read;
}

function refused(problems: readonly ContractProblem[]): Problem {
  const [first] = problems;
  const more = problems.length - 1;
  const tail = more > 0 ? ` (and ${more} more)` : '';
  const detail = `${first ? formatProblem(first) : 'The contract has faults.'}${tail}`;
  return new Problem('invalid_contract', detail, { errors: problems });
}
