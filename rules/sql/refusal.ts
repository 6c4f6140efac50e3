/** What cannot be compiled, with the mend: it becomes the `error` of the checks that need it, never a wrong query. */
export class SqlRefusal extends Error {
  /** What the author can do, one sentence. */
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }

  /** Message and mend as one text for a person. */
  get text(): string {
    return `${this.message}. ${this.mend}`;
  }
}
