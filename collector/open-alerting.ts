import { Counter, Gauge, type Registry } from 'prom-client';
import { openChannels } from '#adapters/open-channels.ts';
import { isFromSlack, readInteraction } from '#adapters/slack/callback.ts';
import { Alerting } from '#alerting/alerting.ts';
import { isDead } from '#alerting/deliverer.ts';
import type { CallbackServices } from '#api/callbacks.ts';
import type { AlertSource, IncidentActions } from '#model/alert-source.ts';
import { isUuid } from '#model/ids.ts';
import { markIncident } from '#monitor/marks.ts';
import { channelStates, type ChannelRow } from '#store/alert-channels.ts';
import { deliveryBacklog, type BacklogRow } from '#store/alert-deliveries.ts';
import type { Database } from '#store/database.ts';
import type { AlertingConfig } from './alerting-config.ts';
import type { Config } from './config.ts';
import { incidentAlerts } from './incidents/alert-events.ts';
import type { Telemetry } from './telemetry.ts';

export interface AlertingOptions {
  readonly config: AlertingConfig;
  readonly database: Database;
  readonly source: AlertSource;
  /** Days that the ledger is kept. */
  readonly keepDays?: number | undefined;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** Composes alerting with its channels and metrics; it begins with `start`. */
export function openAlerting({
  config,
  database,
  source,
  keepDays,
  now,
  telemetry,
}: AlertingOptions): Alerting {
  const { log, registry } = telemetry;
  const registers = [registry];
  const names = [...config.channels.keys()];
  const deliveries = new Counter({
    name: 'assay_alert_deliveries_total',
    help: 'Attempts to deliver an alert, by channel and outcome (delivered, retried, dead)',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  for (const channel of names)
    for (const outcome of ['delivered', 'retried', 'dead']) deliveries.inc({ channel, outcome }, 0);
  registerGauges(database, names, now, registers);
  const planned = new Gauge({
    name: 'assay_alert_planned_timestamp_seconds',
    help: 'When it was last decided here what is to be told',
    registers,
  });
  const failures = new Counter({
    name: 'assay_alert_errors_total',
    help: 'Times that planning or delivering alerts failed for a reason of ours',
    registers,
  });
  const dead = new Set<string>();
  return new Alerting({
    database,
    routing: config.routing,
    source,
    channels: openChannels(config.channels),
    now,
    random: Math.random,
    ...(keepDays !== undefined && { keepDays }),
    onAttempt: (channel, outcome) => deliveries.inc({ channel, outcome }),
    onPlanned: (at) => planned.set(at.getTime() / 1000),
    onChannel: (channel, state, detail) => {
      if (state === 'alive') dead.delete(channel);
      else if (dead.has(channel)) return;
      else dead.add(channel);
      log[state === 'dead' ? 'error' : 'info']({ channel, detail }, `an alert channel is ${state}`);
    },
    onError: (err, doing) => {
      failures.inc();
      log.error({ err }, `alerting could not ${doing}; it tries again`);
    },
  });
}

/** Alerting as the process runs it: without `alerting` in the configuration nobody is told of anything. */
export interface Alerts {
  /** What the buttons of messages do. */
  readonly actions: IncidentActions;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface AlertsOptions extends Omit<AlertingOptions, 'config' | 'source'> {
  readonly config: Pick<Config, 'alerting' | 'port'> & Partial<Pick<Config, 'runbooks' | 'alertsDays'>>;
}

/** Composes alerting with the incidents that it tells of. */
export function openAlerts({ config, ...services }: AlertsOptions): Alerts {
  const { alerting: settings, port, runbooks = [] } = config;
  const baseUrl = settings?.url ?? `http://127.0.0.1:${port}`;
  const incidents = incidentAlerts({ database: services.database, now: services.now, baseUrl, runbooks });
  const actions: IncidentActions = {
    ...incidents,
    async resolve(id, by, as, now) {
      // What was expected the detectors learn too, also when it is said in answer to a message.
      if (as === 'expected' && isUuid(id)) {
        const said = { reason: 'said in answer to a message', author: by };
        await markIncident(services.database, id, as, said, now);
      }
      return incidents.resolve(id, by, as, now);
    },
  };
  const alerting =
    settings &&
    openAlerting({
      ...services,
      config: settings,
      source: incidents,
      keepDays: config.alertsDays,
    });
  return {
    actions,
    start: async () => alerting?.start(),
    stop: async () => alerting?.stop(),
  };
}

/** Read from the store when they are asked for: every collector says the same. */
function registerGauges(
  database: Database,
  names: readonly string[],
  now: () => Date,
  registers: Registry[],
): void {
  void new Gauge({
    name: 'assay_alert_channel_up',
    help: '1 while a channel takes messages; 0 when attempts have failed for five minutes',
    labelNames: ['channel'],
    registers,
    async collect() {
      for (const row of await rowsOrNone(() => database.rows<ChannelRow>(channelStates(names))))
        this.set({ channel: row.name }, isDead(row, now()) ? 0 : 1);
    },
  });
  void new Gauge({
    name: 'assay_alert_channel_success_timestamp_seconds',
    help: 'When a channel last took a message or a sign of life; 0: never',
    labelNames: ['channel'],
    registers,
    async collect() {
      for (const row of await rowsOrNone(() => database.rows<ChannelRow>(channelStates(names))))
        this.set({ channel: row.name }, (row.last_success_at?.getTime() ?? 0) / 1000);
    },
  });
  const backlog = (): Promise<BacklogRow[]> => rowsOrNone(() => database.rows<BacklogRow>(deliveryBacklog()));
  void new Gauge({
    name: 'assay_alert_oldest_undelivered_seconds',
    help: 'Age of the oldest alert that is not delivered yet',
    labelNames: ['channel'],
    registers,
    async collect() {
      this.reset();
      for (const channel of names) this.set({ channel }, 0);
      for (const { channel, oldest } of await backlog())
        if (oldest !== null) this.set({ channel }, Math.max(0, (now().getTime() - oldest.getTime()) / 1000));
    },
  });
  void new Gauge({
    name: 'assay_alert_messages',
    help: 'Messages in the ledger that wait, and that were given up (dead)',
    labelNames: ['channel', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const channel of names) for (const state of ['waiting', 'dead']) this.set({ channel, state }, 0);
      for (const { channel, waiting, dead } of await backlog()) {
        this.set({ channel, state: 'waiting' }, waiting);
        this.set({ channel, state: 'dead' }, dead);
      }
    },
  });
}

/** The store may be away: what the process knows of itself is told all the same. */
async function rowsOrNone<T>(read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}

/** How answers from Slack are checked and carried out. */
export function slackCallbacks(config: AlertingConfig | null, actions: IncidentActions): CallbackServices {
  const secrets = config?.slackSigningSecrets ?? [];
  return {
    actions,
    isConfigured: secrets.length > 0,
    isGenuine: (timestamp, signature, body, now) =>
      secrets.some((secret) => isFromSlack(secret, timestamp, signature, body, now)),
    read: readInteraction,
  };
}
