/** One row; every value as the text that the wire carries, or null. */
export type Row = Readonly<Record<string, string | null>>;

/** A connection to one frontend. One statement per call: a frontend splits `a; b` by itself. */
export interface Session {
  /** Throws a StarRocksError. */
  query(sql: string): Promise<readonly Row[]>;
}

export type FaultKind =
  /** The frontend answered with an error: the statement had no effect. */
  | 'refused'
  /** The connection ended before an answer: the statement may have run, or may still run. */
  | 'lost';

/** An error of a frontend, or of the way to it. */
export class StarRocksError extends Error {
  readonly kind: FaultKind;
  /** The number of the error, when the frontend sent one; most are 1064 whatever they mean. */
  readonly code: number | null;

  constructor(kind: FaultKind, message: string, code: number | null = null) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** Whether a label was taken before: the statement that bears it has run, runs, or is forbidden to. */
export function isLabelUsed(error: unknown): boolean {
  return (
    error instanceof StarRocksError &&
    error.kind === 'refused' &&
    /has already been used/i.test(error.message)
  );
}
