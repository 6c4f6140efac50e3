import type { SourcePosition } from '#model/contract.ts';
import type { Problem } from '../contract/problem.ts';
import type { JudgedChange } from './judge.ts';
import type { VersionJudgement } from './version.ts';

/** Who reads what a change touches, as far as lineage tells. */
export interface Consumers {
  readonly jobs: readonly {
    readonly namespace: string;
    readonly name: string;
    /** Column lineage says so; else the job reads the dataset, and nobody said which of its columns. */
    readonly certain: boolean;
  }[];
  /** What those jobs write. */
  readonly datasets: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly kind: 'dataset' | 'dashboard';
    readonly certain: boolean;
  }[];
  /** There are more. */
  readonly truncated: boolean;
}

export interface ReportedChange extends JudgedChange {
  /** Null: not asked for. */
  readonly consumers: Consumers | null;
}

/** What is reported of one contract file. */
export interface FileReport {
  /** As the caller named it. */
  readonly file: string;
  readonly version: VersionJudgement;
  /** Where the new file states its version; null when there is none. */
  readonly versionAt: SourcePosition | null;
  readonly changes: readonly ReportedChange[];
  readonly refusals: readonly string[];
  readonly warnings: readonly Problem[];
}

/** Whether a file must not be merged as it is. */
export function isRefused({ refusals }: FileReport): boolean {
  return refusals.length > 0;
}

/** The same report where no version makes up for a MAJOR change: each that nobody accepted is refused. */
export function refusingMajor(report: FileReport): FileReport {
  const changes = report.changes.map((change) =>
    change.class === 'MAJOR' && change.accepted === null ? { ...change, refused: true } : change,
  );
  const open = changes.filter((change) => change.class === 'MAJOR' && change.refused).length;
  // A version that is too low is a reason already, and the one to begin with.
  if (open === 0 || isRefused(report)) return { ...report, changes };
  const refusal = `${open === 1 ? 'A MAJOR change is' : `${open} MAJOR changes are`} not accepted, and none passes here by its version alone: list what somebody answers for among the accepted breaks.`;
  return { ...report, changes, refusals: [refusal] };
}

/** `3 jobs and 2 dashboards read orders.amount`, or '' when nobody is known to. */
export function consumerSentence(change: ReportedChange): string {
  const { consumers } = change;
  if (consumers === null) return '';
  const subject = [change.dataset, change.column].filter((part) => part !== null).join('.');
  const dashboards = consumers.datasets.filter(({ kind }) => kind === 'dashboard');
  const readers = [counted(consumers.jobs.length, 'job'), counted(dashboards.length, 'dashboard')].filter(
    (part) => part !== '',
  );
  if (readers.length === 0) return '';
  const vague = consumers.jobs.filter(({ certain }) => !certain).length;
  const one = consumers.jobs.length + dashboards.length === 1;
  return [
    `${consumers.truncated ? 'More than ' : ''}${readers.join(' and ')} ${one ? 'reads' : 'read'} ${subject}`,
    vague === 0 || change.column === null ? '' : `; of ${vague} it is not known which columns`,
  ].join('');
}

function counted(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** What a report says of a change: the sentence, who reads it, the mend. */
export function sentencesOf(change: ReportedChange): string {
  const readers = consumerSentence(change);
  return [
    `${change.message}.`,
    readers === '' ? '' : `${readers}.`,
    change.accepted === null
      ? change.mend
      : `Accepted by ${change.accepted.author} until ${change.accepted.expires}: ${change.accepted.reason}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
