/** What the command's exit code means to a scheduler: 1 and 3 are not the same, retry policies depend on it. */
export const EXIT = {
  /** Allowed, or fine. */
  ok: 0,
  /** The data is bad: blocked, breaking, failed. */
  bad: 1,
  /** Allowed with warnings; only with --warn-exit. */
  warnings: 2,
  /** We do not know: error, no data, still learning. */
  unknown: 3,
  /** Wrong use or configuration. */
  usage: 4,
  timeout: 5,
  /** The candidate changed since it was checked. */
  versionMoved: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with words for the user and a code for the scheduler; never a stack trace. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}
