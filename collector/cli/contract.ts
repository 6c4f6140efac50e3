import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { ContractAnswer, PushAnswer } from '#api/schema/contracts.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { contractDiff } from './contract-diff.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, namespaceOption, urlOption } from './options.ts';
import { print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay contract …`: lints contract files (no server needed), pushes and shows them. */
export function contractCommand(): Command {
  return new Command('contract')
    .description('Lint, compare, push and show data contracts.')
    .addCommand(lint())
    .addCommand(contractDiff())
    .addCommand(push())
    .addCommand(show());
}

function lint(): Command {
  return new Command('lint')
    .description(
      'Check contract files; every fault with file:line:column and the mend. Needs no running Assay.',
    )
    .argument('<file...>', 'contract files')
    .addOption(jsonOption())
    .action(async (files: string[], options: { json: boolean }) => {
      const { parseContract } = await import('#rules/contract/parse.ts');
      const results = files.map((file) => ({ file, ...parseContract(read(file), file) }));
      const valid = results.every((result) => result.status === 'ok');
      const document = results.map((result) => ({
        file: result.file,
        valid: result.status === 'ok',
        problems: result.status === 'ok' ? [] : result.problems,
        warnings: result.warnings,
      }));
      print(options.json, document, () =>
        results.flatMap((result) => [
          ...(result.status === 'ok' ? [] : result.problems.map(formatProblem)),
          ...result.warnings.map((warning) => `${formatProblem(warning)} (warning)`),
          ...(result.status === 'ok'
            ? [`${result.file}: fine, ${result.contract.checks.length} checks.`]
            : []),
        ]),
      );
      if (!valid) process.exitCode = EXIT.usage;
    });
}

function push(): Command {
  return new Command('push')
    .description(
      'Store a contract under its version. The same text again changes nothing; another text needs another version.',
    )
    .argument('<file>', 'contract file')
    .option('--by <person>', 'who pushes; with configured keys the name of yours')
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (file: string, options: { by?: string; url: string; json: boolean }) => {
      const { parseContract } = await import('#rules/contract/parse.ts');
      const text = read(file);
      const parsed = parseContract(text, file);
      // Faults are found here, where the file is, with its own lines.
      if (parsed.status === 'error')
        throw new CommandFailure(
          `The contract has faults:\n${parsed.problems.map(formatProblem).join('\n')}`,
          EXIT.usage,
        );
      const answer = await serverClient(options.url).post<PushAnswer>('/api/v2/contracts', {
        text,
        fileName: file,
        ...(options.by && { pushedBy: options.by }),
      });
      print(options.json, answer, () => [
        `${answer.dataset} ${answer.version}: ${answer.changed ? 'stored' : 'was already stored, nothing changed'}.`,
        ...parsed.warnings.map((warning) => `${formatProblem(warning)} (warning)`),
      ]);
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
      },
    );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      EXIT.usage,
    );
  }
}
