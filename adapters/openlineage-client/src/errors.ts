/** The configuration cannot be used; the message names the key and the mend, never a secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** An event could not be delivered; the message names the target without credentials or query. */
export class EmitError extends Error {
  override readonly name = 'EmitError';
}

/** The short text of anything thrown, for one-line messages. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
