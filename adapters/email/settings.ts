/** A mail server and the letters' heads. */
export interface EmailSettings {
  /** `smtps://user:password@smtp.example.com` or `smtp://…:587`. Never logged. */
  readonly smtp: string;
  /** `Assay <assay@example.com>`. */
  readonly from: string;
  /** Who gets what has no recipient. */
  readonly to: readonly string[];
  /** Whether STARTTLS may be missing; never over smtps. */
  readonly allowPlain: boolean;
}

// What a mail system of today takes, without comments, groups and quoted local parts.
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** Whether this is one plain mail address. */
export const isMailAddress = (text: string): boolean => ADDRESS.test(text);
