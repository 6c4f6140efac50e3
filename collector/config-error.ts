/** The configuration cannot be used. The message is one sentence per fault, with place and mend. */
export class ConfigError extends Error {}
