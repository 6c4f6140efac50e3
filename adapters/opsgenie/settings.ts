/** An integration of type API. */
export interface OpsgenieSettings {
  /** Never logged. */
  readonly apiKey: string;
  /** `https://api.opsgenie.com`, or the EU's. */
  readonly url: string;
}
