/** A Slack app's token, or the address of an incoming webhook. */
export type SlackSettings =
  | {
      readonly mode: 'token';
      /** `xoxb-…` with the scope chat:write. Never logged. */
      readonly token: string;
      /** Where alerts without a recipient go: `#data-alerts` or a channel's id. */
      readonly channel: string;
      /** `https://slack.com`, unless it is reached another way. */
      readonly url: string;
      /** Whether messages have buttons; they need signed callbacks. */
      readonly buttons: boolean;
    }
  /** Such messages cannot be changed or answered in a thread. The address is a secret. */
  | { readonly mode: 'webhook'; readonly url: string };
