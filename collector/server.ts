import { join } from 'node:path';
import fastifySwagger from '@fastify/swagger';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { registerAlerting } from '#api/alerting.ts';
import { registerAliases } from '#api/aliases.ts';
import { answerProblems } from '#api/answer.ts';
import { auditKeys, registerAudit } from '#api/audit.ts';
import { requireKeys } from '#api/authenticate.ts';
import { registerBacktest } from '#api/backtest.ts';
import { registerCallbacks } from '#api/callbacks.ts';
import { registerContractDiff } from '#api/contract-diff.ts';
import { registerCost } from '#api/cost.ts';
import { registerContractRoutes } from '#api/contracts.ts';
import { registerContractSuggestion } from '#api/contract-suggestion.ts';
import { registerDatasetCheck } from '#api/dataset-check.ts';
import { registerDatasetParts } from '#api/dataset-parts.ts';
import { registerDoctor } from '#api/doctor.ts';
import { registerEnforcement } from '#api/enforcement.ts';
import { registerFindings } from '#api/findings.ts';
import { registerGateRoutes } from '#api/gates.ts';
import { registerIncidents } from '#api/incidents.ts';
import { registerImports } from '#api/imports.ts';
import { registerJobs } from '#api/jobs.ts';
import { registerLineage } from '#api/lineage.ts';
import { registerLineageImpact } from '#api/lineage-impact.ts';
import { registerLineageIngest } from '#api/lineage-ingest.ts';
import { registerObjectives } from '#api/objectives.ts';
import { observeRequests } from '#api/observe-requests.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import { registerMarks } from '#api/marks.ts';
import { registerPages } from '#api/pages.ts';
import { registerProfile } from '#api/profile.ts';
import { registerQuarantine } from '#api/quarantine.ts';
import { registerResults } from '#api/results.ts';
import { registerRuns } from '#api/runs.ts';
import { registerSearch } from '#api/search.ts';
import { registerServiceStatus } from '#api/service-status.ts';
import { registerSilences } from '#api/silences.ts';
import { registerStatistics } from '#api/statistics.ts';
import { registerStatus } from '#api/status.ts';
import { registerStream } from '#api/stream.ts';
import type { GateServices } from '#gate/services.ts';
import type { EventStore } from '#ingest/ingest.ts';
import type { Calendar } from '#model/detection.ts';
import type { Database } from '#store/database.ts';
import { countDue } from '#store/due.ts';
import type { StreamStatus } from '#model/event-stream.ts';
import { migrationStatus } from '#store/migrate.ts';
import { NO_INCIDENTS } from '#alerting/no-incidents.ts';
import type { IncidentActions } from '#model/alert-source.ts';
import type { Config } from './config.ts';
import { examineInstallation } from './examinations.ts';
import { slackCallbacks } from './open-alerting.ts';
import { countOpenIncidents } from './open-incidents.ts';
import { countOpenEntries } from './producer-labels.ts';
import { shownSettings } from './shown-settings.ts';
import type { Telemetry } from './telemetry.ts';

export interface ServerServices {
  readonly config: Pick<Config, 'bodyBytes'> & Partial<Config>;
  readonly database: Database;
  readonly ingest: EventStore;
  readonly gate: GateServices;
  readonly telemetry: Telemetry;
  /** Holidays, as the monitor knows them; none unless told. */
  readonly calendar?: Calendar;
  /** How the reading of Kafka stands, where it is configured. */
  readonly kafka?: (() => StreamStatus) | undefined;
  /** What the buttons of messages do. */
  readonly incidentActions?: IncidentActions;
  /** The time that ages and deadlines are told by; the machine's unless told. */
  readonly now?: () => Date;
}

/** Largest JSON body of our own resources; events have a limit of their own. */
const API_BODY_BYTES = 4 * 1024 * 1024;

/** Milliseconds in which a request must have come whole: who trickles longer holds memory for nothing. */
const REQUEST_TIMEOUT = 120_000;

/**
 * Milliseconds that requests in hand may take when the service ends. A browser holds connections open on which it
 * asks nothing yet: they would keep the service for a minute.
 */
const LAST_REQUESTS = 5_000;

/** The HTTP server with every route, registered here line by line. It does not listen yet. */
export async function buildServer({
  config,
  database,
  ingest,
  gate,
  telemetry,
  calendar,
  incidentActions = NO_INCIDENTS,
  kafka,
  now = () => new Date(),
}: ServerServices): Promise<FastifyInstance> {
  const { metrics } = telemetry;
  const loggerInstance: FastifyBaseLogger = telemetry.log;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }), // the histogram below counts them
    bodyLimit: API_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: 'idle',
  });
  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS).unref();
  });
  answerProblems(app);
  // A child logger for each request costs more than its routing.
  app.setChildLoggerFactory((logger) => logger);
  observeRequests(app, metrics.httpSeconds);
  if (config.keys) requireKeys(app, { keys: config.keys, queryKey: config.queryKey ?? false });
  auditKeys(app, {
    database,
    onError: (err) => telemetry.log.error({ err }, 'the use of a key could not be noted in the audit log'),
  });
  await app.register(fastifySwagger, { openapi: { info: { title: 'Assay', version: '0.1.0' } } });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  registerStatus(app, {
    registry: telemetry.registry,
    refresh: async () => {
      metrics.queueBytes.set(ingest.queuedBytes);
      metrics.queueEvents.set(ingest.queuedItems);
      try {
        await countOpenEntries(database, metrics);
        await countOpenIncidents(database, metrics);
        metrics.monitorWaiting.set(
          (await database.rows<{ waiting: number }>(countDue(now())))[0]?.waiting ?? 0,
        );
      } catch {
        // The store is away. What the process knows of itself is told all the same.
      }
    },
    notReady: () => notReady(database),
    kafka,
  });
  registerLineageIngest(app, { ingest, metrics, bodyBytes: config.bodyBytes });
  registerQuarantine(app, { database, ingest, bodyBytes: config.bodyBytes });
  registerImports(app, { database });
  registerContractRoutes(app, gate);
  registerContractDiff(app, gate);
  registerGateRoutes(app, gate);
  registerEnforcement(app, gate);
  registerDoctor(app, {
    gate,
    installation: () => examineInstallation(process.env, process.cwd()),
    notReady: () => notReady(database),
    now,
  });
  registerDatasetCheck(app, gate);
  registerResults(app, { database, naming: config.naming });
  registerContractSuggestion(app, gate);
  registerProfile(app, gate);
  registerFindings(app, { database });
  registerBacktest(app, { ...gate, calendar });
  registerIncidents(app, { database, naming: config.naming, runbooks: config.runbooks, now });
  registerObjectives(app, { database, naming: config.naming, targets: config.objectiveTargets, now });
  registerMarks(app, { database, naming: config.naming, now });
  registerAlerting(app, { database, routing: config.alerting?.routing ?? null, now });
  registerSilences(app, { database, now });
  registerCallbacks(app, { ...slackCallbacks(config.alerting ?? null, incidentActions), now });
  registerLineage(app, { database, naming: config.naming });
  registerLineageImpact(app, { database, naming: config.naming });
  registerAliases(app, { database, naming: config.naming });
  registerSearch(app, { database });
  registerServiceStatus(app, {
    database,
    settings: shownSettings(config),
    queue: () => ({ events: ingest.queuedItems, bytes: ingest.queuedBytes }),
    now,
  });
  registerOverviewRoutes(app, { database });
  registerCost(app, { database, cost: config.cost, now });
  registerDatasetParts(app, { database });
  registerStatistics(app, { database });
  registerJobs(app, { database, now });
  registerRuns(app, { database, now });
  registerAudit(app, { database, naming: config.naming });
  registerStream(app, {
    database,
    onError: (err) =>
      telemetry.log.error({ err }, 'the stream could not look at what changed; it tries again'),
  });
  await registerPages(app, { directory: join(import.meta.dirname, '../dashboards/dist') });
  return app;
}

/** Whether the store answers and its schema is this version's. */
async function notReady(database: Database): Promise<string | null> {
  try {
    const status = await migrationStatus(database);
    if (status.problem !== null) return status.problem;
    return status.current
      ? null
      : `Migrations are missing in the store: ${status.pending.join(', ')}; run "assay migrate".`;
  } catch {
    return 'The store does not answer; look at its log and at DATABASE_URL.';
  }
}
