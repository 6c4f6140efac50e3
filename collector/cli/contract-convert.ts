import { Command, Option } from 'commander';
import type { Contract } from '#model/contract.ts';
import type { ParsedContracts } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { readContractFile } from './contract-files.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { note } from './output.ts';

interface ConvertOptions {
  readonly to: 'odcs' | 'short';
  readonly dataset?: string;
}

/** `assay contract convert FILE --to odcs|short`: prints the contract in the other dialect. */
export function contractConvert(): Command {
  return new Command('convert')
    .description(
      'Print a contract as ODCS 3.1, or in the short form; what the short form has no words for is named. Needs no running Assay.',
    )
    .argument('<file>', 'contract file')
    .addOption(new Option('--to <dialect>', 'what to print').choices(['odcs', 'short']).makeOptionMandatory())
    .option('--dataset <name>', 'the one to print in the short form, of a file that describes several')
    .action(async (file: string, options: ConvertOptions) => {
      const { parseContracts } = await import('#rules/contract/parse.ts');
      const parsed = parseContracts(readContractFile(file), file);
      if (parsed.status === 'error')
        throw new CommandFailure(
          `The contract has faults:\n${parsed.problems.map(formatProblem).join('\n')}`,
          EXIT.usage,
        );
      if (options.to === 'odcs') {
        const { printOdcs } = await import('#rules/contract/odcs/print.ts');
        process.stdout.write(printOdcs(parsed.document, parsed.contracts));
        return;
      }
      const { lostInShort, printShort } = await import('#rules/contract/short/print.ts');
      const contract = chosen(parsed.contracts, options.dataset, file);
      process.stdout.write(printShort(contract));
      if (contract.document.dialect === 'odcs')
        for (const lost of lostInShort(contract)) note(`left out: ${lost}`);
    });
}

function chosen(
  contracts: (ParsedContracts & { readonly status: 'ok' })['contracts'],
  name: string | undefined,
  file: string,
): Contract {
  const found = contracts.filter(
    ({ dataset, logicalName }) => name === undefined || dataset === name || logicalName === name,
  );
  const [contract] = found;
  if (contract !== undefined && found.length === 1) return contract;
  const names = contracts.map(({ logicalName }) => logicalName).join(', ');
  throw new CommandFailure(
    contracts.length === 0
      ? `${file} describes no dataset.`
      : `${file} describes ${contracts.length} datasets; choose one with --dataset: ${names}.`,
    EXIT.usage,
  );
}
