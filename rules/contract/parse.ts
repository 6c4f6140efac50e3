import type { Contract, ContractDocument } from '#model/contract.ts';

import { locate } from './located.ts';
import { readOdcs } from './odcs/read.ts';
import type { Problem } from './problem.ts';
import { readShort } from './short/read-short.ts';
import { ContractSource } from './source.ts';

export type ParsedContract =
  | { readonly status: 'ok'; readonly contract: Contract; readonly warnings: readonly Problem[] }
  | Refused;

export type ParsedContracts =
  | {
      readonly status: 'ok';
      readonly document: ContractDocument;
      /** One in the short form; in ODCS one for each schema object, possibly none. */
      readonly contracts: readonly Contract[];
      readonly warnings: readonly Problem[];
    }
  | Refused;

export interface Refused {
  readonly status: 'error';
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export interface ParseOptions {
  /** Refuse the forms of older ODCS versions instead of upgrading them. */
  readonly strict?: boolean;
}

/**
 * Reads a contract file in either dialect. Never throws on any text: either what the file says, with warnings
 * that an author should see, or every problem found, in the order of the file.
 */
export function parseContracts(text: string, fileName: string, options: ParseOptions = {}): ParsedContracts {
  const source = new ContractSource(text, fileName);
  const root = source.open();
  let read: { document: ContractDocument; contracts: readonly Contract[] } | null = null;
  if (root !== null && source.isOdcs(root)) {
    const located = locate(source, root);
    if (located !== null && source.problems.length === 0)
      read = readOdcs(source, located, options.strict === true);
  } else if (root !== null) {
    const contract = readShort(source, root);
    read = contract && { document: contract.document, contracts: [contract] };
  }
  const warnings = source.warnings.toSorted(byPlace);
  if (read !== null && source.problems.length === 0) return { status: 'ok', ...read, warnings };
  return { status: 'error', problems: source.problems.toSorted(byPlace), warnings };
}

/** Reads a file that describes one dataset; a file of several is refused with their names. */
export function parseContract(text: string, fileName: string): ParsedContract {
  const parsed = parseContracts(text, fileName);
  if (parsed.status === 'error') return parsed;
  const { contracts, warnings } = parsed;
  const [contract] = contracts;
  if (contract !== undefined && contracts.length === 1) return { status: 'ok', contract, warnings };
  const names = contracts.map(({ dataset }) => dataset);
  const message =
    names.length === 0
      ? 'The file describes no dataset'
      : `The file describes ${names.length} datasets: ${names.slice(0, 10).join(', ')}`;
  const mend = names.length === 0 ? 'Add a schema object.' : 'Name the one that is meant.';
  return { status: 'error', problems: [{ file: fileName, line: 1, column: 1, message, mend }], warnings };
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
