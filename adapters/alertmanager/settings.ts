/** A Prometheus Alertmanager, 0.16 or later (API v2). */
export interface AlertmanagerSettings {
  readonly url: string;
  /** Sent as they are, `Authorization` for instance. Never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds after which it may forget a firing alert that it was not reminded of. */
  readonly forgetMs: number;
}
