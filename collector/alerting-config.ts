import { isMap, isScalar, type Document } from 'yaml';
import type { ChannelSettings } from '#adapters/open-channels.ts';
import { receiverOf, type ChannelPolicy, type Routing } from '#alerting/routing.ts';
import { readChannel, receiverFault } from './alerting-channels.ts';
import { AlertingFile, schemaFaults, SECRETS, type Fault } from './alerting-config-schema.ts';
import { readMaintenance, readRoot, type RouteReader } from './alerting-routes.ts';

/** `alerting:` in assay.yaml, read. Holds secrets: never logged. */
export interface AlertingConfig {
  readonly routing: Routing;
  readonly channels: ReadonlyMap<string, ChannelSettings>;
  /** Where people reach Assay: what links in messages begin with; null: not said. */
  readonly url: string | null;
  /** With which Slack signs its callbacks, one for each app. */
  readonly slackSigningSecrets: readonly string[];
}

/** Reads and checks it; `config` is null when there are faults. Files of secrets are relative to `directory`. */
export function readAlerting(
  value: unknown,
  directory: string,
): { readonly config: AlertingConfig | null; readonly faults: readonly Fault[] } {
  const faults = schemaFaults(AlertingFile, value, '/alerting');
  if (faults.length > 0) return { config: null, faults };
  const file = value as AlertingFile;
  const channels = new Map<string, ChannelSettings>();
  const policies = new Map<string, ChannelPolicy>();
  const secrets = new Set<string>();
  // A channel with a fault has a name all the same: its routes are not faulty for it.
  const kinds = new Map<string, Pick<ChannelPolicy, 'kind'>>(Object.entries(file.channels));
  for (const [name, one] of Object.entries(file.channels)) {
    const read = readChannel(one, `/alerting/channels/${name}`, directory, faults);
    if (read === null) continue;
    channels.set(name, read.channel);
    policies.set(name, read.policy);
    if (read.signingSecret !== null) secrets.add(read.signingSecret);
  }
  const reader: RouteReader = { faults, receiverFault: (receiver) => receiverFault(receiver, kinds) };
  const root = readRoot(reader, file.default, file.quiet_hours, file.routes ?? []);
  const maintenance = (file.maintenance ?? []).map((one, index) =>
    readMaintenance(reader, one, `/alerting/maintenance/${index}`),
  );
  const fallback = file.fallback === undefined ? null : receiverOf(file.fallback);
  const wrong = fallback === null ? null : reader.receiverFault(fallback);
  if (wrong !== null) faults.push({ pointer: '/alerting/fallback', fault: wrong });
  if (faults.length > 0) return { config: null, faults };
  return {
    config: {
      routing: { root, maintenance, channels: policies, fallback },
      channels,
      url: file.url ?? null,
      slackSigningSecrets: [...secrets],
    },
    faults,
  };
}

/** Secrets that stand in the file itself: whoever reads it, or its history, has them. To be asked before ${VAR} is replaced. */
export function literalSecrets(document: Document): Fault[] {
  const channels = document.getIn(['alerting', 'channels'], true);
  if (!isMap(channels)) return [];
  return channels.items.flatMap(({ key, value }) => {
    if (!isMap(value) || !isScalar(key)) return [];
    return value.items.flatMap((pair) => {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      const text = isScalar(pair.value) ? pair.value.value : null;
      if (!SECRETS.includes(name) || typeof text !== 'string' || /\$\{[A-Za-z_]/.test(text)) return [];
      // A mail server that asks for no password has none to hide.
      if (name === 'smtp' && !/:\/\/[^/@]*:[^/@]*@/.test(text)) return [];
      const pointer = `/alerting/channels/${String(key.value)}/${name}`;
      return [{ pointer, fault: `holds a secret; write ${name}: \${A_VARIABLE}, or ${name}_file: a path.` }];
    });
  });
}
