/** Where the client reports trouble; `console` and pino loggers fit. Messages hold no secrets. */
export interface Logger {
  warn(message: string): void;
  debug?(message: string): void;
}

/** The default logger: one line per warning on `console.warn`. */
export const consoleLogger: Logger = {
  warn: (message) => {
    globalThis.console.warn(`openlineage-client: ${message.replaceAll(/\s*[\r\n]+\s*/g, ' ')}`);
  },
};
