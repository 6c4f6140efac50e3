/** A service's integration of type Events API v2. */
export interface PagerdutySettings {
  /** Never logged. */
  readonly routingKey: string;
  /** `https://events.pagerduty.com`, or the EU's. */
  readonly url: string;
}
