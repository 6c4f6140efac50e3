import type { AlertChannel } from '#model/alert.ts';
import { alertmanagerChannel } from './alertmanager/channel.ts';
import type { AlertmanagerSettings } from './alertmanager/settings.ts';
import { emailChannel } from './email/channel.ts';
import type { EmailSettings } from './email/settings.ts';
import { httpSender } from './http/send.ts';
import { opsgenieChannel } from './opsgenie/channel.ts';
import type { OpsgenieSettings } from './opsgenie/settings.ts';
import { pagerdutyChannel } from './pagerduty/channel.ts';
import type { PagerdutySettings } from './pagerduty/settings.ts';
import { slackChannel } from './slack/channel.ts';
import type { SlackSettings } from './slack/settings.ts';
import { snsChannel } from './sns/channel.ts';
import type { SnsSettings } from './sns/settings.ts';
import { teamsChannel } from './teams/channel.ts';
import type { TeamsSettings } from './teams/settings.ts';
import { webhookChannel } from './webhook/channel.ts';
import type { WebhookSettings } from './webhook/settings.ts';

/** A channel as it is configured. Holds secrets: never logged. */
export type ChannelSettings = (
  | { readonly kind: 'email'; readonly settings: EmailSettings }
  | { readonly kind: 'slack'; readonly settings: SlackSettings }
  | { readonly kind: 'pagerduty'; readonly settings: PagerdutySettings }
  | { readonly kind: 'alertmanager'; readonly settings: AlertmanagerSettings }
  | { readonly kind: 'opsgenie'; readonly settings: OpsgenieSettings }
  | { readonly kind: 'teams'; readonly settings: TeamsSettings }
  | { readonly kind: 'sns'; readonly settings: SnsSettings }
  | { readonly kind: 'webhook'; readonly settings: WebhookSettings }
) & {
  /** Whether it may lie in a private network. */
  readonly allowPrivate: boolean;
};

/** Opens every configured channel; nothing is connected before it is used. */
export function openChannels(
  channels: ReadonlyMap<string, ChannelSettings>,
): ReadonlyMap<string, AlertChannel> {
  return new Map([...channels].map(([name, settings]) => [name, openChannel(name, settings)]));
}

function openChannel(name: string, channel: ChannelSettings): AlertChannel {
  const send = httpSender({ allowPrivate: channel.allowPrivate });
  switch (channel.kind) {
    case 'email':
      return emailChannel(name, channel.settings);
    case 'slack':
      return slackChannel(name, channel.settings, send);
    case 'pagerduty':
      return pagerdutyChannel(name, channel.settings, send);
    case 'alertmanager':
      return alertmanagerChannel(name, channel.settings, send);
    case 'opsgenie':
      return opsgenieChannel(name, channel.settings, send);
    case 'teams':
      return teamsChannel(name, channel.settings, send);
    case 'sns':
      return snsChannel(name, channel.settings, send);
    default:
      return webhookChannel(name, channel.settings, send);
  }
}
