import { parseContracts } from '../contract/parse.ts';
import type { Problem } from '../contract/problem.ts';
import type { AcceptedBreak } from './accepted.ts';
import type { DiffOptions } from './change.ts';
import type { ContractFile } from './contract-file.ts';
import { diffContracts } from './diff.ts';
import { judgeDiff } from './judge.ts';
import { locate } from './places.ts';
import type { FileReport } from './report.ts';

/** A file of some name; its text is null when there is none. */
export interface FileText {
  readonly file: string;
  readonly text: string | null;
}

export type Compared =
  | { readonly status: 'ok'; readonly report: FileReport; readonly before: ContractFile | null }
  /** One of the files cannot be read. */
  | { readonly status: 'error'; readonly problems: readonly Problem[] };

const NO_VERSION = '0.0.0';

/** Compares two texts of a contract file: the whole of `assay contract diff` but who reads the data. */
export function compareTexts(
  before: FileText,
  after: FileText,
  accepted: { readonly file: string; readonly entries: readonly AcceptedBreak[] },
  options: DiffOptions,
  now: Date,
): Compared {
  const [was, is] = [read(before), read(after)];
  const problems = [...was.problems, ...is.problems];
  if (problems.length > 0) return { status: 'error', problems };
  const [old, fresh] = [was.contents, is.contents];
  const found = diffContracts(old, fresh, options);
  const { changes, version: versionAt } = locate(after.text ?? '', found);
  const versions = {
    before: old?.document.version ?? NO_VERSION,
    after: fresh?.document.version ?? null,
  };
  // A contract that there was none of cannot break anybody, whatever its version.
  const judged = judgeDiff(old === null ? [] : changes, versions, accepted, now);
  return {
    status: 'ok',
    before: old,
    report: {
      file: after.file,
      version: judged.version,
      versionAt: fresh === null ? null : versionAt,
      changes: judged.changes.map((change) => ({ ...change, consumers: null })),
      refusals: old === null ? [] : judged.refusals,
      warnings: judged.warnings,
    },
  };
}

function read({ file, text }: FileText): { contents: ContractFile | null; problems: readonly Problem[] } {
  if (text === null) return { contents: null, problems: [] };
  const parsed = parseContracts(text, file);
  return parsed.status === 'ok'
    ? { contents: parsed, problems: [] }
    : { contents: null, problems: parsed.problems };
}
