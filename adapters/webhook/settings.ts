/** Where alerts go as signed JSON. */
export interface WebhookSettings {
  readonly url: string;
  /** Signs; null: nothing does. Never logged. */
  readonly secret: string | null;
}
