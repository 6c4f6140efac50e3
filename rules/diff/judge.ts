import type { Problem } from '../contract/problem.ts';
import { covers, isExpired, type AcceptedBreak } from './accepted.ts';
import type { Change } from './change.ts';
import { isCovered, judgeVersions, type VersionJudgement } from './version.ts';

/** A change and who answers for it. */
export interface JudgedChange extends Change {
  /** Null: nobody has accepted it. */
  readonly accepted: { readonly reason: string; readonly author: string; readonly expires: string } | null;
  /** Because of it the new file must not be merged as it is. */
  readonly refused: boolean;
}

/** What a diff comes to. */
export interface ContractDiff {
  readonly changes: readonly JudgedChange[];
  readonly version: VersionJudgement;
  /** Why it must not be merged as it is; empty when it may. One sentence each. */
  readonly refusals: readonly string[];
  /** Of the accepted breaks: what expired, what no change needs. */
  readonly warnings: readonly Problem[];
}

/**
 * Holds changes to the declared versions and the accepted breaks. An accepted change asks for no version; what needs
 * approval is refused until it is accepted, whatever the version. `now` decides what has expired.
 */
export function judgeDiff(
  changes: readonly Change[],
  versions: { readonly before: string; readonly after: string | null },
  accepted: { readonly file: string; readonly entries: readonly AcceptedBreak[] },
  now: Date,
): ContractDiff {
  const valid = accepted.entries.filter((entry) => !isExpired(entry, now));
  const entryOf = (change: Change): AcceptedBreak | undefined => valid.find((one) => covers(one, change));
  const open = changes.filter((change) => entryOf(change) === undefined);
  const version = judgeVersions(versions.before, versions.after, open);
  const approvals = open.filter(({ approval }) => approval).length;
  return {
    changes: changes.map((change) => {
      const entry = entryOf(change);
      return {
        ...change,
        accepted: entry ? { reason: entry.reason, author: entry.author, expires: entry.expires } : null,
        refused: entry === undefined && (change.approval || !isCovered(change, version)),
      };
    }),
    version,
    refusals: [
      ...versionRefusal(version),
      ...(approvals > 0
        ? [
            `${approvals === 1 ? 'A change needs' : `${approvals} changes need`} approval: let the data protection officer record it among the accepted breaks.`,
          ]
        : []),
    ],
    warnings: acceptanceWarnings(accepted, changes, now),
  };
}

/** What is to be said of the accepted breaks, given all changes of all the files that they are for. */
export function acceptanceWarnings(
  { file, entries }: { readonly file: string; readonly entries: readonly AcceptedBreak[] },
  changes: readonly Change[],
  now: Date,
): readonly Problem[] {
  return entries.flatMap((entry) => warningOf(entry, file, changes, now));
}

function versionRefusal({
  before,
  after,
  required,
  declared,
  isEnough,
}: VersionJudgement): readonly string[] {
  if (isEnough) return [];
  if (after === null)
    return ['The contract is gone, so no version can tell its readers; deprecate it first.'];
  if (declared === 'lowered') return [`The version goes back from ${before} to ${after}; raise it instead.`];
  return [
    `The changes need a higher ${required} version, but it ${declared === 'none' ? `stays ${before}` : `only goes from ${before} to ${after}`}.`,
  ];
}

function warningOf(
  entry: AcceptedBreak,
  file: string,
  changes: readonly Change[],
  now: Date,
): readonly Problem[] {
  const place = { file, line: entry.line, column: entry.column };
  const isUsed = changes.some((change) => covers(entry, change));
  if (isExpired(entry, now))
    return [
      {
        ...place,
        message: `That ${entry.path} (${entry.rule}) is accepted expired on ${entry.expires}${isUsed ? ' and no longer counts' : ''}`,
        mend: isUsed ? 'Decide again, or take the change back.' : 'Remove the entry.',
      },
    ];
  if (isUsed) return [];
  return [
    {
      ...place,
      message: `No change needs ${entry.path} (${entry.rule}) to be accepted`,
      mend: 'Remove the entry.',
    },
  ];
}
