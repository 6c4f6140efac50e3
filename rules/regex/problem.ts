/** Thrown inside the parser only; `parseRegex` returns the problem. */
export class RegexError extends Error {
  readonly offset: number;
  readonly mend: string;

  constructor(offset: number, message: string, mend: string) {
    super(message);
    this.name = 'RegexError';
    this.offset = offset;
    this.mend = mend;
  }
}
