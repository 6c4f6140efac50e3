import { Command } from 'commander';
import type { ContractAnswer, ContractErrors, PushAnswer } from '#api/schema/contracts.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { contractConvert } from './contract-convert.ts';
import { contractDiff } from './contract-diff.ts';
import { readContractFile } from './contract-files.ts';
import { contractImport } from './contract-import.ts';
import { contractLint } from './contract-lint.ts';
import { contractSchema } from './contract-schema.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, namespaceOption, urlOption } from './options.ts';
import { note, print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay contract …`: lints contract files (no server needed), pushes and shows them. */
export function contractCommand(): Command {
  return new Command('contract')
    .description('Lint, compare, push, show, convert and import data contracts.')
    .addCommand(contractLint())
    .addCommand(contractDiff())
    .addCommand(push())
    .addCommand(show())
    .addCommand(errors())
    .addCommand(contractConvert())
    .addCommand(contractImport())
    .addCommand(contractSchema());
}

function push(): Command {
  return new Command('push')
    .description(
      'Store a contract under its version, an ODCS file with all its datasets. The same text again changes nothing; another text needs another version.',
    )
    .argument('<file>', 'contract file')
    .option('--by <person>', 'who pushes; with configured keys the name of yours')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (file: string, options: { by?: string; url: string; json: boolean }) => {
      const { parseContracts } = await import('#rules/contract/parse.ts');
      const text = readContractFile(file);
      const parsed = parseContracts(text, file);
      const push = { text, fileName: file, ...(options.by && { pushedBy: options.by }) };
      const client = serverClient(options.url);
      if (parsed.status === 'error') {
        // The faults are told from here, also when no Assay answers; one that does shows them with the gate.
        await client.post('/api/v2/contracts', push).catch(() => undefined);
        throw new CommandFailure(
          `The contract has faults:\n${parsed.problems.map(formatProblem).join('\n')}`,
          EXIT.usage,
        );
      }
      const answer = await client.post<PushAnswer>('/api/v2/contracts', push);
      print(options.json, answer, () => [
        ...answer.datasets.map(
          ({ dataset, version, changed }) =>
            `${dataset} ${version}: ${changed ? 'stored' : 'was already stored, nothing changed'}.`,
        ),
        ...parsed.warnings.map((warning) => `${formatProblem(warning)} (warning)`),
      ]);
    });
}

function errors(): Command {
  return new Command('errors')
    .description('List contract files whose last push was refused; what was in force before them stays so.')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (options: { url: string; json: boolean }) => {
      const answer = await serverClient(options.url).get<ContractErrors>('/api/v2/contracts/errors');
      print(options.json, answer, () =>
        answer.items.length === 0
          ? ['No contract is refused.']
          : answer.items.flatMap(({ fileName, pushedAt, pushedBy, errors: faults, datasetIds }) => [
              `${fileName}: refused at ${pushedAt.slice(0, 16).replace('T', ' ')} UTC${pushedBy === null ? '' : `, pushed by ${pushedBy}`}${datasetIds.length === 0 ? '; which dataset it is about cannot be told' : ''}`,
              ...faults.map((fault) => `  ${formatProblem(fault)}`),
            ]),
      );
      if (answer.items.length > 0) process.exitCode = EXIT.bad;
    });
}

function show(): Command {
  return new Command('show')
    .description("Show a dataset's contract as it was pushed.")
    .argument('<dataset>', 'name or id of a dataset')
    .option('--contract-version <version>', 'a version other than the highest')
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(
      async (
        dataset: string,
        options: { contractVersion?: string; namespace?: string; url: string; json: boolean },
      ) => {
        const query = new URLSearchParams({
          ...(options.contractVersion && { version: options.contractVersion }),
          ...(options.namespace && { namespace: options.namespace }),
        });
        const answer = await serverClient(options.url).get<ContractAnswer>(
          `/api/v2/contracts/${encodeURIComponent(dataset)}?${query.toString()}`,
        );
        print(options.json, answer, () => [answer.text.trimEnd()]);
        if (!options.json && answer.lastError)
          for (const problem of answer.lastError.errors)
            note(`refused since, at ${answer.lastError.pushedAt}: ${formatProblem(problem)}`);
      },
    );
}
