import type { Contract, ContractDocument } from '#model/contract.ts';

/** What a contract file says: for one dataset, or in ODCS for several, possibly none. */
export interface ContractFile {
  readonly document: ContractDocument;
  readonly contracts: readonly Contract[];
}
