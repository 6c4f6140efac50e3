/** A topic of Amazon SNS and an account that may publish there. */
export interface SnsSettings {
  /** `arn:aws:sns:eu-central-1:123456789012:data-alerts`; `.fifo` at its end is a FIFO topic. */
  readonly topicArn: string;
  readonly accessKeyId: string;
  /** Never logged. */
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  /** `https://sns.eu-central-1.amazonaws.com`, unless it is reached another way. */
  readonly url: string;
}

const ARN = /^arn:(?:aws|aws-cn|aws-us-gov):sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

/** The region that a topic's name says; null when it is no topic's name. */
export function regionOf(topicArn: string): string | null {
  return ARN.exec(topicArn)?.[1] ?? null;
}
