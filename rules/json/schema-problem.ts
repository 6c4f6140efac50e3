/** What is wrong with a JSON Schema: where, as a JSON pointer (RFC 6901), and the mend. */
export class JsonSchemaError extends Error {
  readonly pointer: string;
  readonly mend: string;

  constructor(pointer: string, message: string, mend: string) {
    super(message);
    this.pointer = pointer;
    this.mend = mend;
  }

  /** With its place. */
  get text(): string {
    return this.pointer === '' ? this.message : `${this.message}, at ${this.pointer} of the schema`;
  }
}
