import type { Change, ChangeClass } from './change.ts';

export type Bump = 'none' | 'patch' | 'minor' | 'major';

/** Ascending. */
export const BUMPS: readonly Bump[] = ['none', 'patch', 'minor', 'major'];

const OF_CLASS: Readonly<Record<ChangeClass, Bump>> = { MAJOR: 'major', MINOR: 'minor', PATCH: 'patch' };

export interface VersionJudgement {
  readonly before: string;
  /** Null: there is no new contract. */
  readonly after: string | null;
  /** What the changes ask for. */
  readonly required: Bump;
  /** What the two versions declare; `lowered` when the new one comes before the old one. */
  readonly declared: Bump | 'lowered';
  readonly isEnough: boolean;
}

/**
 * Holds the versions of two contracts to the changes between them (semver.org 2.0.0). Before 1.0.0 the second number
 * stands for a break, as is usual.
 */
export function judgeVersions(
  before: string,
  after: string | null,
  changes: readonly Change[],
): VersionJudgement {
  const declared = after === null ? 'none' : bumpOf(before, after);
  const needed = Math.max(0, ...changes.map((change) => BUMPS.indexOf(bumpFor(change, before, after))));
  const required = BUMPS[needed] ?? 'none';
  return { before, after, required, declared, isEnough: suffices(declared, required) };
}

/** Whether the declared versions tell readers of this change. */
export function isCovered(change: Change, { before, after, declared }: VersionJudgement): boolean {
  return suffices(declared, bumpFor(change, before, after));
}

function suffices(declared: Bump | 'lowered', required: Bump): boolean {
  return declared !== 'lowered' && BUMPS.indexOf(declared) >= BUMPS.indexOf(required);
}

function bumpFor(change: Change, before: string, after: string | null): Bump {
  const bump = OF_CLASS[change.class];
  const isYoung = before.startsWith('0.') && (after ?? '0.').startsWith('0.');
  if (!isYoung || bump === 'patch') return bump;
  return bump === 'major' ? 'minor' : 'patch';
}

function bumpOf(before: string, after: string): Bump | 'lowered' {
  const [was, is] = [partsOf(before), partsOf(after)];
  for (const [index, bump] of (['major', 'minor', 'patch'] as const).entries()) {
    const [old = 0, now = 0] = [was.numbers[index], is.numbers[index]];
    if (now !== old) return now > old ? bump : 'lowered';
  }
  // A pre-release comes before its release; one after another declares nothing.
  if (was.isRelease === is.isRelease) return 'none';
  return is.isRelease ? 'patch' : 'lowered';
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly isRelease: boolean } {
  const [core = ''] = version.split(/[-+]/, 1);
  return {
    numbers: core.split('.').map((part) => Number.parseInt(part, 10) || 0),
    isRelease: !version.split('+', 1)[0]?.includes('-'),
  };
}
