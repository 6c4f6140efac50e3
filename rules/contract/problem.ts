/** What is wrong at one place of a contract file, and how to mend it. */
export interface Problem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units, as editors count. */
  readonly column: number;
  /** No full stop at the end. */
  readonly message: string;
  /** One whole sentence. */
  readonly mend: string;
}

/** `orders.yaml:6:11: "row_cont" is not a metric. Did you mean row_count?` */
export function formatProblem({ file, line, column, message, mend }: Problem): string {
  return `${file}:${line}:${column}: ${message}. ${mend}`;
}
