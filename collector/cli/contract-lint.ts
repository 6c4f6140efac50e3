import { Command } from 'commander';
import type { SourcePosition } from '#model/contract.ts';
import type { ParsedContracts } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import type { factsOf } from '#rules/expression/facts.ts';
import { readContractFile } from './contract-files.ts';
import { EXIT } from './exit-codes.ts';
import { jsonOption } from './options.ts';
import { print } from './output.ts';

/** `assay contract lint FILE...`: both dialects, no server needed. */
export function contractLint(): Command {
  return new Command('lint')
    .description(
      'Check contract files, in the short form or ODCS; every fault with file:line:column and the mend. Needs no running Assay.',
    )
    .argument('<file...>', 'contract files')
    .option('--strict', 'refuse forms of older ODCS versions instead of reading them', false)
    .option('--warn-exit', 'exit 2 when there are warnings', false)
    .addOption(jsonOption())
    .action(async (files: string[], options: { strict: boolean; warnExit: boolean; json: boolean }) => {
      const { parseContracts } = await import('#rules/contract/parse.ts');
      const { factsOf: facts } = await import('#rules/expression/facts.ts');
      const results = files.map((file) => ({
        file,
        parsed: parseContracts(readContractFile(file), file, { strict: options.strict }),
      }));
      print(
        options.json,
        results.map(({ file, parsed }) => lintDocument(file, parsed, facts)),
        () => results.flatMap(({ file, parsed }) => lintLines(file, parsed)),
      );
      if (results.some(({ parsed }) => parsed.status === 'error')) process.exitCode = EXIT.usage;
      else if (options.warnExit && results.some(({ parsed }) => parsed.warnings.length > 0))
        process.exitCode = EXIT.warnings;
    });
}

function lintDocument(
  file: string,
  parsed: ParsedContracts,
  facts: typeof factsOf,
): Readonly<Record<string, unknown>> {
  return {
    file,
    valid: parsed.status === 'ok',
    dialect: parsed.status === 'ok' ? parsed.document.dialect : null,
    problems: parsed.status === 'ok' ? [] : parsed.problems,
    warnings: parsed.warnings,
    datasets:
      parsed.status === 'ok'
        ? parsed.contracts.map(({ dataset, version, checks, carriedChecks }) => ({
            dataset,
            version,
            checks: checks.map(({ id, text, severity, expression }) => {
              const { costClass: cost, columns } = facts(expression);
              return { id, text, severity, cost, columns };
            }),
            notRun: carriedChecks.map(({ text, engine, reason }) => ({ text, engine, reason })),
          }))
        : [],
  };
}

function lintLines(file: string, parsed: ParsedContracts): string[] {
  const warnings = parsed.warnings.map((warning) => ({
    place: warning,
    line: `${formatProblem(warning)} (warning)`,
  }));
  if (parsed.status === 'error') {
    const problems = parsed.problems.map((problem) => ({ place: problem, line: formatProblem(problem) }));
    return byPlace([...problems, ...warnings]);
  }
  const checks = parsed.contracts.reduce((sum, contract) => sum + contract.checks.length, 0);
  const carried = parsed.contracts.flatMap(({ carriedChecks }) => carriedChecks);
  const count = parsed.contracts.length;
  const notRun = carried.map(({ position, text, reason }) => ({
    place: position,
    line: `${file}:${position.line}:${position.column}: not run: ${oneLine(text)}. ${reason}`,
  }));
  return [
    ...byPlace([...warnings, ...notRun]),
    count === 1
      ? `${file}: fine, ${checks} checks.`
      : `${file}: fine, ${count} datasets with ${checks} checks.`,
  ];
}

/** As a reader goes through the file. */
function byPlace(told: readonly { readonly place: SourcePosition; readonly line: string }[]): string[] {
  return told
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ line }) => line);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
