import { existsSync, readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { DiffAnswer } from '#api/schema/contract-diff.ts';
import type { AcceptedBreak } from '#rules/diff/accepted.ts';
import type { FileText } from '#rules/diff/compare.ts';
import type { FileReport } from '#rules/diff/report.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { gitFile } from './git-file.ts';
import { note } from './output.ts';
import { serverClient } from './server-client.ts';

const FORMATS = ['text', 'json', 'junit', 'sarif', 'github'] as const;
const DEFAULT_ACCEPT = 'accepted-breaks.yaml';

interface Options {
  readonly against?: string;
  readonly againstStored?: boolean;
  readonly url?: string;
  readonly accept?: string;
  readonly positional?: boolean;
  readonly strict?: boolean;
  readonly otherWriters?: boolean;
  readonly failOn: 'bump' | 'major' | 'never';
  readonly format: (typeof FORMATS)[number];
}

/** `assay contract diff`: what changed, whether the version says so, and who reads it. */
export function contractDiff(): Command {
  return new Command('diff')
    .description(
      'Say what changed between two versions of a contract, and whether its version tells the readers. BEFORE and AFTER are files, or git:REVISION:PATH.',
    )
    .argument('<file...>', 'BEFORE and AFTER; with --against or --against-stored any number of new files')
    .option('--against <revision>', 'the old contracts are those of a git revision, for example origin/main')
    .option('--against-stored', 'the old contracts are those that a running Assay has stored')
    .option('--url <url>', 'ask this running Assay who reads what changed')
    .option(
      '--accept <file>',
      `breaks that somebody answers for (default: ${DEFAULT_ACCEPT} where there is one)`,
    )
    .option('--positional', 'readers take columns by their place')
    .option('--strict', 'readers break at wider types as well')
    .option('--other-writers', 'others write the data too: new duties break them')
    .addOption(
      new Option(
        '--fail-on <what>',
        'changes without their version, any unaccepted MAJOR change as well, or nothing',
      )
        .choices(['bump', 'major', 'never'])
        .default('bump'),
    )
    .addOption(new Option('--format <format>', 'how to report').choices([...FORMATS]).default('text'))
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
    .action(async (files: string[], options: Options) => {
      const pairs = pairsOf(files, options);
      const { parseAcceptedBreaks } = await import('#rules/diff/accepted.ts');
      const { acceptanceWarnings } = await import('#rules/diff/judge.ts');
      const acceptFile = options.accept ?? DEFAULT_ACCEPT;
      const acceptText = options.accept || existsSync(acceptFile) ? read(acceptFile) : '';
      const { accepted: entries, problems } = parseAcceptedBreaks(acceptText, acceptFile);
      if (problems.length > 0)
        throw new CommandFailure(
          `The accepted breaks have faults:\n${problems.map(formatProblem).join('\n')}`,
          EXIT.usage,
        );
      const reports: FileReport[] = [];
      for (const { before, after } of pairs)
        reports.push(
          await reportOf(
            before,
            after,
            { file: acceptFile, text: acceptText, entries },
            options,
            reports.length === 0,
          ),
        );
      // An entry that one file needs is not unused because another file does not.
      const changes = reports.flatMap((report) => report.changes);
      const warnings = acceptanceWarnings({ file: acceptFile, entries }, changes, new Date());
      const { isRefused, refusingMajor } = await import('#rules/diff/report.ts');
      const judged = options.failOn === 'major' ? reports.map(refusingMajor) : reports;
      const shown = judged.map((report, index) => ({ ...report, warnings: index === 0 ? warnings : [] }));
      process.stdout.write(await rendered(shown, options.format));
      if (options.failOn !== 'never' && shown.some(isRefused)) process.exitCode = EXIT.bad;
    });
}

interface Pair {
  /** Null: the stored one. */
  readonly before: FileText | null;
  readonly after: FileText;
}

function pairsOf(files: readonly string[], options: Options): readonly Pair[] {
  const { against, againstStored } = options;
  if (against !== undefined && againstStored)
    throw new CommandFailure('Give one of --against and --against-stored.', EXIT.usage);
  if (againstStored) return files.map((file) => ({ before: null, after: side(file) }));
  if (against !== undefined)
    return files.map((file) => {
      const before = { file: `${against}:${file}`, text: gitFile(against, file) };
      const after = { file, text: existsSync(file) ? read(file) : null };
      if (before.text === null && after.text === null)
        throw new CommandFailure(`There is no ${file}, neither now nor in ${against}.`, EXIT.usage);
      return { before, after };
    });
  const [before, after] = files;
  if (before === undefined || after === undefined || files.length !== 2)
    throw new CommandFailure(
      'Give two files, BEFORE and AFTER; or --against REVISION or --against-stored, and the new files.',
      EXIT.usage,
    );
  return [{ before: side(before), after: side(after) }];
}

/** A file, or `git:REVISION:PATH`. */
function side(file: string): FileText {
  const [, revision, path] = /^git:([^:]+):(.+)$/.exec(file) ?? [];
  if (revision === undefined || path === undefined) return { file, text: read(file) };
  const text = gitFile(revision, path);
  if (text === null) throw new CommandFailure(`${revision} has no ${path}.`, EXIT.usage);
  return { file: path, text };
}

interface Accepted {
  readonly file: string;
  readonly text: string;
  readonly entries: readonly AcceptedBreak[];
}

async function reportOf(
  before: FileText | null,
  after: FileText,
  accepted: Accepted,
  options: Options,
  isFirst: boolean,
): Promise<FileReport> {
  if (after.text !== null && (before === null || (options.url !== undefined && before.text !== null))) {
    const asked = await ask(before, { file: after.file, text: after.text }, accepted, options, isFirst);
    if (asked !== null) return asked;
  }
  if (before === null) throw new CommandFailure(`There is no ${after.file}.`, EXIT.usage);
  const { compareTexts } = await import('#rules/diff/compare.ts');
  const compared = compareTexts(before, after, accepted, options, new Date());
  if (compared.status === 'ok') return compared.report;
  throw new CommandFailure(
    `The contract has faults:\n${compared.problems.map(formatProblem).join('\n')}`,
    EXIT.usage,
  );
}

/** The running Assay's answer. Without one the diff goes on alone, unless the old contract is there. */
async function ask(
  before: FileText | null,
  after: { readonly file: string; readonly text: string },
  accepted: Accepted,
  options: Options,
  isFirst: boolean,
): Promise<FileReport | null> {
  const { positional, strict, otherWriters } = options;
  const url =
    options.url ?? process.env['ASSAY_URL'] ?? `http://127.0.0.1:${process.env['ASSAY_PORT'] || 4100}`;
  try {
    const answer = await serverClient(url).post<DiffAnswer>('/api/v2/contracts/diff', {
      ...(typeof before?.text === 'string' && { before: before.text }),
      after: after.text,
      fileName: after.file,
      ...(accepted.text !== '' && { accepted: accepted.text, acceptedFileName: accepted.file }),
      ...(positional && { positional }),
      ...(strict && { strict }),
      ...(otherWriters && { otherWriters }),
    });
    return answer as unknown as FileReport;
  } catch (error) {
    if (before === null || !(error instanceof CommandFailure) || error.exitCode !== EXIT.unknown) throw error;
    if (isFirst) note(`Who reads the changed columns is not known: ${error.message}`);
    return null;
  }
}

async function rendered(reports: readonly FileReport[], format: Options['format']): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ files: reports }, null, 2)}\n`;
    case 'junit':
      return (await import('#rules/diff/report-junit.ts')).junitReport(reports);
    case 'sarif':
      return `${JSON.stringify((await import('#rules/diff/report-sarif.ts')).sarifReport(reports, '0.1.0'), null, 2)}\n`;
    case 'github':
      return lines((await import('#rules/diff/report-github.ts')).githubReport(reports));
    default:
      return lines((await import('#rules/diff/report-text.ts')).textReport(reports));
  }
}

function lines(list: readonly string[]): string {
  return list.length === 0 ? '' : `${list.join('\n')}\n`;
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
