import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { SuggestionAnswer } from '#api/schema/contracts.ts';
import type { Json } from '#model/json.ts';
import type { DbtImport } from '#rules/contract/dbt/import.ts';
import type { ReadDbt } from '#rules/contract/dbt/read-schema-file.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { readContractFile } from './contract-files.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { jsonOption, namespaceOption, urlOption } from './options.ts';
import { note, print } from './output.ts';
import { serverClient } from './server-client.ts';

/** `assay contract import dbt|table`: first contracts from what is known already. */
export function contractImport(): Command {
  return new Command('import')
    .description('Make first contracts: from a dbt project, or from what Assay has measured of a table.')
    .addCommand(fromDbt())
    .addCommand(fromTable());
}

interface DbtOptions {
  readonly out?: string;
  readonly owner: string;
  readonly namespace?: string;
  readonly json: boolean;
}

function fromDbt(): Command {
  return new Command('dbt')
    .description(
      'Take over tests and columns of a dbt schema.yml or manifest.json; tests without a counterpart are listed. Needs no running Assay.',
    )
    .argument('<file>', 'schema.yml, or target/manifest.json')
    .option('--out <folder>', 'write a file for each contract; else they are printed')
    .option('--owner <person>', 'of models that name nobody', 'nobody named')
    .addOption(namespaceOption())
    .addOption(jsonOption())
    .action(async (file: string, options: DbtOptions) => {
      const { importDbt } = await import('#rules/contract/dbt/import.ts');
      const read = await readDbt(file);
      if (read.problems.length > 0)
        throw new CommandFailure(read.problems.map(formatProblem).join('\n'), EXIT.usage);
      const imported = importDbt(read, { owner: options.owner, namespace: options.namespace ?? null });
      if (options.out === undefined) {
        print(options.json, imported, () => [
          imported.contracts
            .map(({ text }) => text)
            .join('---\n')
            .trimEnd(),
        ]);
      } else {
        const files = writeFiles(imported, options.out);
        print(options.json, { files, notImported: imported.notImported }, () =>
          files.map(({ path, checks }) => `${path}: ${checks} checks.`),
        );
      }
      if (!options.json)
        for (const { place, what, reason } of imported.notImported)
          note(`${place}: not imported: ${what}. ${reason}`);
      if (imported.contracts.length === 0) note(`${file}: nothing in it promises anything.`);
    });
}

async function readDbt(file: string): Promise<ReadDbt> {
  const text = readContractFile(file);
  if (!file.endsWith('.json')) {
    const { readSchemaFile } = await import('#rules/contract/dbt/read-schema-file.ts');
    return readSchemaFile(text, file);
  }
  const { readManifest } = await import('#rules/contract/dbt/read-manifest.ts');
  try {
    return readManifest(JSON.parse(text) as Json, file);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new CommandFailure(`${file} is no JSON: ${error.message}.`, EXIT.usage);
    throw error;
  }
}

function writeFiles(
  { contracts }: DbtImport,
  folder: string,
): { readonly path: string; readonly dataset: string; readonly checks: number }[] {
  try {
    mkdirSync(folder, { recursive: true });
    return contracts.map(({ dataset, text, checks }) => {
      const path = join(folder, `${dataset.replaceAll(/[^\w.-]+/g, '_')}.yaml`);
      // Never over a contract that somebody has written on.
      writeFileSync(path, text, { flag: 'wx' });
      return { path, dataset, checks };
    });
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST'
        ? 'is there already; move it away, or choose another --out'
        : `cannot be written (${code})`;
    throw new CommandFailure(`${path ?? folder} ${why}.`, EXIT.usage);
  }
}

function fromTable(): Command {
  return new Command('table')
    .description('Print a first contract of a dataset, suggested from what was measured of it in 30 days.')
    .argument('<dataset>', 'name or id of a dataset')
    .addOption(namespaceOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .action(async (dataset: string, options: { namespace?: string; url: string; json: boolean }) => {
      const query = options.namespace ? `?namespace=${encodeURIComponent(options.namespace)}` : '';
      const answer = await serverClient(options.url).get<SuggestionAnswer>(
        `/api/v2/datasets/${encodeURIComponent(dataset)}/contract-suggestion${query}`,
      );
      print(options.json, answer, () => [answer.text.trimEnd()]);
      if (!options.json) for (const reason of answer.reasons) note(`${reason.about}: ${reason.because}`);
    });
}
