import type * as alertChannels from '#store/alert-channels.ts';
import type * as alertDeliveries from '#store/alert-deliveries.ts';
import type * as alertDigests from '#store/alert-digests.ts';
import type * as alertIncidents from '#store/alert-incidents.ts';
import type * as alertSilences from '#store/alert-silences.ts';
import type * as aliases from '#store/aliases.ts';
import type * as assertions from '#store/assertions.ts';
import type * as backfills from '#store/backfills.ts';
import type * as candidateMeasurements from '#store/candidate-measurements.ts';
import type * as candidateSchemas from '#store/candidate-schemas.ts';
import type * as catalog from '#store/catalog.ts';
import type * as audit from '#store/audit.ts';
import type * as gateHooks from '#store/gate-hooks.ts';
import type * as changes from '#store/changes.ts';
import type * as consumers from '#store/consumers.ts';
import type * as contractFaults from '#store/contract-faults.ts';
import type * as contracts from '#store/contracts.ts';
import type * as datasetViews from '#store/dataset-views.ts';
import type * as detectorEvidence from '#store/detector-evidence.ts';
import type * as due from '#store/due.ts';
import type * as evaluations from '#store/evaluations.ts';
import type * as evidence from '#store/evidence.ts';
import type * as evidenceFacts from '#store/evidence-facts.ts';
import type * as exclusions from '#store/exclusions.ts';
import type * as findingContext from '#store/finding-context.ts';
import type * as fleetSamples from '#store/fleet-samples.ts';
import type * as gateEvents from '#store/gate-events.ts';
import type * as evaluationCosts from '#store/evaluation-costs.ts';
import type * as feedPauses from '#store/feed-pauses.ts';
import type * as gateFreezes from '#store/gate-freezes.ts';
import type * as freshnessWatch from '#store/freshness-watch.ts';
import type * as watchStates from '#store/watch-states.ts';
import type * as importPositions from '#store/import-positions.ts';
import type * as storedNumber from '#store/stored-number.ts';
import type * as groups from '#store/groups.ts';
import type * as explicitLineage from '#store/explicit-lineage.ts';
import type * as incidentLineage from '#store/incident-lineage.ts';
import type * as incidents from '#store/incidents.ts';
import type * as runCosts from '#store/run-costs.ts';
import type * as seriesIncidents from '#store/series-incidents.ts';
import type * as ingestLock from '#store/ingest-lock.ts';
import type * as facets from '#store/facets.ts';
import type * as jobViews from '#store/job-views.ts';
import type * as lineageSteps from '#store/lineage-steps.ts';
import type * as lineage from '#store/lineage.ts';
import type * as loadFindings from '#store/load-findings.ts';
import type * as marks from '#store/marks.ts';
import type * as measurements from '#store/measurements.ts';
import type * as migrate from '#store/migrate.ts';
import type * as oldRecords from '#store/old-records.ts';
import type * as objectiveRuns from '#store/objective-runs.ts';
import type * as objectives from '#store/objectives.ts';
import type * as openRuns from '#store/open-runs.ts';
import type * as openStore from '#store/open-store.ts';
import type * as partitionChecks from '#store/partition-checks.ts';
import type * as partitionCircumstances from '#store/partition-circumstances.ts';
import type * as partitionStatements from '#store/partition-statements.ts';
import type * as overview from '#store/overview.ts';
import type * as partitionContents from '#store/partition-contents.ts';
import type * as partitionStatistics from '#store/partition-statistics.ts';
import type * as profiles from '#store/profiles.ts';
import type * as publications from '#store/publications.ts';
import type * as quarantine from '#store/quarantine.ts';
import type * as rawDictionaries from '#store/raw-dictionaries.ts';
import type * as rawEvents from '#store/raw-events.ts';
import type * as rawPassages from '#store/raw-passages.ts';
import type * as rawPartitions from '#store/raw-partitions.ts';
import type * as rawRetention from '#store/raw-retention.ts';
import type * as runDatasets from '#store/run-datasets.ts';
import type * as runSnapshots from '#store/run-snapshots.ts';
import type * as runViews from '#store/run-views.ts';
import type * as runs from '#store/runs.ts';
import type * as search from '#store/search.ts';
import type * as searchFacts from '#store/search-facts.ts';
import type * as searchIndex from '#store/search-index.ts';
import type * as serviceStatus from '#store/service-status.ts';
import type * as shadowModel from '#store/shadow-model.ts';
import type * as statedOwners from '#store/stated-owners.ts';
import type * as streamProgress from '#store/stream-progress.ts';
import type { Statement } from '#store/sql.ts';
import type * as verdicts from '#store/verdicts.ts';
import type * as waiting from '#store/waiting.ts';
import type * as waivers from '#store/waivers.ts';

/**
 * Example arguments for every exported function of collector/store that gives a Statement, by which
 * queries.test.ts makes each statement and has the real schema PREPARE it. The values hardly matter, the
 * text does: where it depends on an argument, give several calls. The compiler says when a function is
 * missing or its arguments changed, the test when a file is.
 */
type Samples<Module> = {
  readonly [Name in keyof Module as Module[Name] extends (...args: never[]) => Statement ? Name : never]:
    | readonly (Module[Name] extends (...args: infer Arguments) => Statement ? Readonly<Arguments> : never)[]
    | Unprepared;
};

/** A statement that Postgres does not PREPARE (SET, DDL), and where it is run for real instead. */
export interface Unprepared {
  readonly runIn: string;
}

/** Checks a list against its module's types and forgets them. */
function samples<Module>(
  list: Samples<Module>,
): Readonly<Record<string, readonly (readonly unknown[])[] | Unprepared>> {
  return list;
}

/** A part of statements, prepared with each that has it. */
const PART: Unprepared = { runIn: 'test/ingest/aliases.test.ts' };
const IN_INCIDENTS: Unprepared = { runIn: 'test/incidents/service.test.ts' };
const IN_CONSUMERS: Unprepared = { runIn: 'test/api/contract-diff.test.ts' };

const ID = '00000000-0000-4000-8000-000000000001';
const NOW = new Date('2026-01-02T03:04:05Z');
const PARTITION = 'dt=2026-01-01';

const AT_ONCE = { beginnings: [null], names: [null], everything: [null] };
const NO_FILTER = { kinds: null, layer: null, owner: null, tag: null, platform: null, status: null };

const contract: contracts.ContractRow = {
  dataset_id: ID, namespace: 'n', name: 'd', version: '1.0.0', hash: '00', owner: 'o', file_name: 'd.yaml', text: 'dataset: d',
  pushed_at: NOW, pushed_by: null, object: null,
}; // prettier-ignore

const contractFault: contractFaults.ContractFaultRow = {
  file_name: 'd.yaml', dataset_ids: [ID], text: 'dataset', problems: [], pushed_at: NOW, pushed_by: null,
}; // prettier-ignore

const evaluation: evaluations.EvaluationRow = {
  id: ID, dataset_id: ID, namespace: 'n', name: 'd', partition: PARTITION, contract_version: '1.0.0', contract_hash: '00',
  warehouse: 'w', target: null, empty_partition: 'block', candidate_kind: 'table', candidate_ref: 'staging.d',
  candidate_version: null, row_count: null, sql_hash: null, state: 'pending', decision: null, reasons: [], excluded: null,
  idempotency_key: null, requested_by: null, requested_at: NOW, decided_at: null,
}; // prettier-ignore

const publication: publications.PublicationRow = {
  id: ID, kind: 'publish', evaluation_id: ID, dataset_id: ID, namespace: 'n', name: 'd', partition: PARTITION, warehouse: 'w',
  target: 'gold.d', candidate_ref: 'staging.d', candidate_version: '1', state: 'publishing', previous: null, reason: null,
  requested_by: null, started_at: NOW, lease_until: NOW, finished_at: null,
}; // prettier-ignore

const costQuestion: runCosts.CostQuestion = {
  since: NOW,
  until: NOW,
  perByteRead: 0,
  perByteWritten: 1e-9,
  perSecond: 0.1,
  mostRuns: 10,
};

const feedPause: feedPauses.FeedPauseRow = {
  id: ID, dataset_id: ID, warehouse: 'w', place: 'gold.clicks', target: 'gold.clicks?by=routine_load', feed_id: '1', feed: 'clicks',
  state: 'pausing', breaches: [], doubtful: false, paused_at: null, detail: 'd', begun_at: NOW, changed_at: NOW,
}; // prettier-ignore

const waiver: waivers.WaiverRow = {
  id: ID, evaluation_id: ID, dataset_id: ID, partition: PARTITION, check_ids: ['c'], reason: 'r', requested_by: 'a', requested_at: NOW,
  candidate_version: null, ticket: null, approved_by: null, approved_at: null, expires_at: NOW,
}; // prettier-ignore

const evidenceRow: evidence.EvidenceRow = {
  id: ID, source: 'verdict', dataset_id: ID, partition: PARTITION, kind: 'volume', severity: 'warning', at: NOW, made_at: null,
  direction: 'down', summary: 's', subject: 'row_count', own_fault: null, value: 1, expected: null, hint: null, hard: false,
  detector: 'adaptive', run_id: null, evaluation_id: null,
}; // prettier-ignore

const everyQuarantined: quarantine.QuarantineFilter = {
  state: null, reason: null, producer: null, source: null, search: null, since: null, until: null,
}; // prettier-ignore

/** By file of collector/store. */
export const SAMPLES: Readonly<Record<string, ReturnType<typeof samples>>> = {
  'alert-channels.ts': samples<typeof alertChannels>({
    putChannels: [[[], NOW]],
    channelStates: [[['mail']]],
    noteSuccess: [['mail', NOW]],
    noteFailure: [['mail', 'e', null, NOW]],
    claimHeartbeat: [['mail', NOW, NOW]],
  }),
  'alert-deliveries.ts': samples<typeof alertDeliveries>({
    addDeliveries: [[[], NOW]],
    claimDeliveries: [['mail', 4, NOW, NOW]],
    settleDelivered: [['k', null, NOW]],
    retryDelivery: [['k', 'e', NOW]],
    buryDelivery: [['k', 'e', NOW]],
    divertDeliveries: [[{ channel: 'chat', key: null }, { channel: 'mail', recipient: '' }, 'b', NOW]],
    spentCalls: [[[{ name: 'mail', since: NOW }]]],
    listDeliveries: [
      [{ incident: null, state: null, channel: null }, 10],
      [{ incident: ID, state: 'dead', channel: 'mail' }, 10],
    ],
    deliveryBacklog: [[]],
    deleteSettledDeliveries: [[NOW, NOW, 10]],
  }),
  'alert-digests.ts': samples<typeof alertDigests>({
    addDigestEntries: [[[], NOW]],
    waitingDigests: [[]],
    digestContents: [['mail', '', 20]],
    clearDigest: [['mail', '']],
  }),
  'alert-incidents.ts': samples<typeof alertIncidents>({
    tryPlanning: [[]],
    alertPosition: [[]],
    lockAlertPosition: [[]],
    moveAlertPosition: [[null, NOW]],
    putAlerts: [[[], NOW]],
    dueAlerts: [[NOW, 10]],
    settleAlerts: [[[]]],
    putTold: [[[]]],
    lookAtAllAlerts: [[NOW]],
    deleteResolvedAlerts: [[NOW, 10]],
    alertsOf: [[[ID]]],
  }),
  'alert-silences.ts': samples<typeof alertSilences>({
    addSilence: [[{ id: ID, match: {}, author: 'a', comment: 'c', starts_at: NOW, ends_at: NOW }, NOW]],
    endSilence: [[ID, 'a', NOW]],
    standingSilences: [[NOW]],
    listSilences: [[false, 10, NOW]],
    silenceById: [[ID]],
    addHolds: [[[], NOW]],
    listHolds: [
      [ID, null, 10],
      [null, ID, 10],
    ],
    deleteHolds: [[NOW, 10]],
  }),
  'aliases.ts': samples<typeof aliases>({
    lockAliases: [[]],
    addAliases: [[[]]],
    aliasNeighbours: [[[ID]]],
    aliasedDatasets: [[]],
    aliasEdges: [[[ID]]],
    aliasDecisions: [[[ID]]],
    decisionHistory: [[[ID]]],
    listGroups: [[10, null]],
    exactDatasets: [
      [ID, '', null],
      [null, 'd', 'n'],
    ],
    addDecisions: [[{ pairs: [[ID, ID]], verdict: 'deny', reason: 'r', author: 'a', decidedAt: NOW }]],
    markWithheld: [[[]]],
    withheldClaims: [
      [10, null],
      [10, { from: ID, to: ID, kind: 'table' }],
    ],
    dropGroups: [[[ID]]],
    addGroups: [[[]]],
    regroupedInShadow: { runIn: 'test/ingest/aliases.test.ts' },
    judgeAnew: [[[ID], NOW]],
  }),
  'backfills.ts': samples<typeof backfills>({ putBackfills: [[[]]], latestBackfills: [[10]] }),
  'partition-statements.ts': samples<typeof partitionStatements>({ statedBeside: [[[]]] }),
  'candidate-measurements.ts': samples<typeof candidateMeasurements>({
    addCandidateFacts: [
      [
        {
          evaluationId: ID,
          datasetId: ID,
          partition: PARTITION,
          version: '1',
          facts: new Map(),
          takenAt: NOW,
        },
      ],
    ],
    candidateHistory: [[ID, PARTITION, 30]],
    factsOfVersion: [[ID, PARTITION, '1']],
  }),
  'catalog.ts': samples<typeof catalog>({
    addNamespaces: [[[]]],
    addJobs: [[[]]],
    addDatasets: [[[]]],
    addJobDatasets: [[[]]],
    addSchemaVersions: [[[]]],
    addSchemaColumns: [[[]]],
    addDatasetSchemas: [[[]]],
    addColumnEdges: [[[]]],
    countFacetWarnings: [[[]]],
  }),
  'contracts.ts': samples<typeof contracts>({
    contractHeads: [[]],
    addContract: [[contract, [1, 0, 0, 1]]],
    contractOf: [[ID, null]],
    contractsNamed: [['d', null]],
    contractVersions: [[ID]],
    activeContracts: [
      [10, null],
      [10, ['d', ID]],
    ],
    datasetsAt: [[['n'], ['d']]],
    datasetsNamed: [['d']],
  }),
  'contract-faults.ts': samples<typeof contractFaults>({
    putContractFault: [[contractFault]],
    dropContractFault: [['d.yaml', [ID]]],
    contractFaultOf: [[ID]],
    contractFaults: [[]],
    dropFaultsOfGoneFiles: [['contracts folder', ['d.yaml']]],
    datasetsOfContractFile: [['d.yaml']],
  }),
  'detector-evidence.ts': samples<typeof detectorEvidence>({
    schemaSteps: [[[{ datasetId: ID, partition: PARTITION }]]],
    writersOf: [[[{ datasetId: ID, partition: PARTITION }]]],
    landingsOf: [[[ID]]],
  }),
  'candidate-schemas.ts': samples<typeof candidateSchemas>({
    putCandidateSchema: [[ID, [{ name: 'a', type: 'int' }]]],
    lastCandidateSchema: [[ID, PARTITION]],
  }),
  'partition-circumstances.ts': samples<typeof partitionCircumstances>({
    circumstancesOf: [[[{ datasetId: ID, partition: PARTITION }]]],
    columnsOfSchemas: [[[ID]]],
  }),
  'watch-states.ts': samples<typeof watchStates>({
    takeWatch: [['starrocks/prod/gold', ID, NOW, NOW]],
    saveWatch: [['starrocks/prod/gold', ID, '{}', NOW, NOW]],
  }),
  'finding-context.ts': samples<typeof findingContext>({
    siblingsOf: [[[{ datasetId: ID, partition: PARTITION }]]],
    findingWriters: [[[{ datasetId: ID, partition: PARTITION }]]],
  }),
  'open-runs.ts': samples<typeof openRuns>({
    jobsAfter: [[ID, 10]],
    openRunsOf: [[[ID], NOW, NOW]],
    putOpenRunsTold: [[[{ runId: ID, datasetIds: [ID] }], NOW]],
    takeEndedRuns: [[NOW]],
  }),
  'freshness-watch.ts': samples<typeof freshnessWatch>({
    putFreshnessWatches: [[[{ datasetId: ID, lateAt: NOW, told: false }]]],
    takeLate: [[10, NOW, NOW]],
  }),
  'due.ts': samples<typeof due>({
    markDue: [[[], NOW]],
    markDueFrom: [
      [ID, { partition: PARTITION, pattern: 'dt=%' }, 43, NOW],
      [ID, { partition: PARTITION, pattern: 'dt=%' }, null, NOW],
    ],
    markDueFromEach: [[[{ datasetId: ID, partition: PARTITION, pattern: 'dt=%', limit: 43 }], NOW]],
    takeDue: [[10, NOW, NOW]],
    finishDue: [[[]]],
    markReached: [[[], [], NOW]],
    markDueLater: [[[]]],
    countDue: [[NOW]],
  }),
  'evaluations.ts': samples<typeof evaluations>({
    lockPartition: [[ID, PARTITION]],
    supersedeOpen: [[ID, PARTITION]],
    beginEvaluation: [[evaluation]],
    restartEvaluation: [[ID, NOW]],
    evaluationById: [[ID]],
    evaluationForUpdate: [[ID]],
    evaluationByKey: [[ID, 'key']],
    latestEvaluation: [[ID, PARTITION]],
    openEvaluations: [[ID, null]],
    evaluationsOfPartition: [[ID, 'dt=2026-01-01', 50]],
    finishEvaluation: [
      [
        {
          id: ID,
          candidateVersion: '1',
          rowCount: 1,
          sqlHash: '00',
          state: 'passed',
          decision: 'allow',
          reasons: [],
          excluded: null,
          decidedAt: NOW,
        },
      ],
    ],
    redecideEvaluation: [[ID, { state: 'waived', decision: 'allow', reasons: [] }, NOW]],
    markPublished: [[ID]],
    abandonEvaluations: [[NOW, [], NOW]],
    addCheckResults: [[ID, []]],
    checkResults: [[ID]],
  }),
  'evidence.ts': samples<typeof evidence>({
    putEvidence: [[[evidenceRow], NOW]],
    oldestNewEvidence: [[]],
    evidenceAround: [[NOW]],
    evidenceOfIncidents: [[[ID]]],
    assignEvidence: [[[{ evidenceId: ID, incidentId: ID, groupKey: ID, because: { type: 'first' } }]]],
    clearVerdicts: [[NOW]],
    clearLate: [[NOW]],
    clearEvaluations: [[NOW]],
    clearRuns: [[NOW]],
  }),
  'evidence-facts.ts': samples<typeof evidenceFacts>({
    writerOf: IN_INCIDENTS,
    verdictFacts: [[NOW, 10]],
    lateFacts: [[10]],
    evaluationFacts: [[NOW, 10]],
    failedRuns: [[[ID]]],
    lostRuns: [[ID, ID, 10, NOW]],
    markFailedRuns: [[[ID], NOW]],
    takeFailedRuns: [[10]],
    readUntil: [['verdict']],
    noteReadUntil: [['verdict', NOW]],
  }),
  'exclusions.ts': samples<typeof exclusions>({ exclusionsOf: [[[ID]]], setAside: PART }),
  'fleet-samples.ts': samples<typeof fleetSamples>({
    addScores: [[[]]],
    readSamples: [['2026-01-01']],
    dropSamples: [['2026-01-01']],
  }),
  'gate-events.ts': samples<typeof gateEvents>({
    stagedRuns: [[[{ datasetId: ID, pattern: 'staging.%' }], NOW, 10]],
    noteGateEvent: [
      [
        {
          dataset_id: ID,
          run_id: ID,
          staging_id: ID,
          partition: PARTITION,
          candidate_ref: 'staging.d',
          evaluation_id: null,
          fault: 'f',
          noted_at: NOW,
        },
      ],
    ],
    gateEventsOf: [[ID, 10]],
  }),
  'audit.ts': samples<typeof audit>({
    addAct: [[{ actor: 'a', action: 'key.used', subject: 'route', subjectId: 'r', detail: {} }]],
    claimAudit: [[]],
    hasUnchained: [[]],
    chainHead: [[]],
    unchainedActs: [[10]],
    placeActs: [
      [
        [
          {
            position: 1,
            id: 1,
            at: NOW,
            actor: null,
            action: 'a',
            subject: 's',
            subjectId: ID,
            datasetId: null,
            detail: '{}',
            hash: 'h',
          },
        ],
      ],
    ],
    listAudit: [
      [
        { actor: null, action: 'waiver', subjectId: null, datasetId: ID, since: NOW, until: null },
        { order: 'first', from: null, limit: 10 },
      ],
      [
        { actor: 'a', action: null, subjectId: ID, datasetId: null, since: null, until: NOW },
        { order: 'last', from: 7, limit: 10 },
      ],
    ],
    actsAbout: [[ID, 10]],
    changedEvidence: [[10]],
  }),
  'gate-hooks.ts': samples<typeof gateHooks>({
    addHooks: [[['a']]],
    claimHook: [['a', 'o', NOW, NOW]],
    moveHook: [['a', 'o', 1]],
    releaseHook: [['a', 'o', { position: 1, attempts: 0, nextAt: NOW, lastError: null }]],
  }),
  'changes.ts': samples<typeof changes>({
    addChanges: [[[{ topic: 'datasets', ids: [ID] }]]],
    changesSince: [['1:1:'], [null]],
    deleteChanges: [[3600]],
  }),
  'evaluation-costs.ts': samples<typeof evaluationCosts>({
    putEvaluationCost: [[ID, { statements: 1, milliseconds: 5, queries: [{ about: 'a', milliseconds: 5 }] }]],
    evaluationCost: [[ID]],
  }),
  'feed-pauses.ts': samples<typeof feedPauses>({
    lastPauses: [['starrocks', 'gold.clicks']],
    pausedTargets: [[]],
    openPauses: [[10]],
    openPause: [[feedPause]],
    movePause: [['pausing', feedPause]],
    pausesOf: [[ID, 10]],
    standingBreaches: [[[ID], 20]],
    fedEvaluations: [[ID, ['dt=2026-01-01']]],
  }),
  'gate-freezes.ts': samples<typeof gateFreezes>({
    addFreeze: [[{ dataset_id: ID, action: 'freeze', reason: 'r', author: 'a', at: NOW }]],
    freezesOf: [[ID, 1]],
  }),
  'import-positions.ts': samples<typeof importPositions>({
    readImportPosition: [[ID]],
    putImportPosition: [
      [
        { id: ID, machine: 'm', path: 'p', position: 0, lines: 0, fingerprint: '', events: 0, rejected: 0 },
        NOW,
      ],
    ],
  }),
  'stored-number.ts': samples<typeof storedNumber>({
    valueOf: { runIn: 'test/store/measurements.test.ts' },
    sourceOf: { runIn: 'test/store/measurements.test.ts' },
  }),
  'groups.ts': samples<typeof groups>({ groupsOf: [[[ID]]], namesOf: PART, canonicalOf: PART }),
  'incident-lineage.ts': samples<typeof incidentLineage>({
    reachFromMany: [
      [[ID], 'upstream', 10],
      [[ID], 'downstream', 10],
    ],
    edgesOut: [[[ID], 10]],
    readsOfRuns: [[[ID]]],
    looksAt: [[[ID]]],
    heldAmong: [[[ID], 10]],
    contractsOfDatasets: [[[ID]]],
    contractTexts: [[['00']]],
    writeSteps: [[[{ datasetId: ID, runId: ID, at: NOW }]]],
    upstreamDecisions: [[[{ datasetId: ID, at: NOW }]]],
  }),
  'run-costs.ts': samples<typeof runCosts>({
    costsOfJobs: [[costQuestion, 10]],
    costsOfDatasets: [[costQuestion, 10]],
    unreadDatasets: [[costQuestion, 10]],
  }),
  'series-incidents.ts': samples<typeof seriesIncidents>({ incidentsOfSeries: [[ID, 'row_count', 10]] }),
  'incidents.ts': samples<typeof incidents>({
    tryFoldingLock: [[]],
    waitIncidentLock: [[]],
    putIncidents: [[[]]],
    incidentsById: [[[ID]]],
    survivingIncident: [[ID]],
    continuedIncidents: [[[ID], NOW]],
    staleIncidents: [[NOW, NOW, 10]],
    followMerges: [[[{ from: ID, into: ID }]]],
    addIncidentEvents: [[[{ incidentId: ID, type: 'opened', actor: null, message: 'm' }], NOW]],
    incidentTimeline: [[ID, 10]],
    incidentsThatPage: [[[ID], [0.001]]],
    shownEvidence: [[ID, 10]],
    evidenceById: [[[ID]]],
    markedBy: [[ID, 10]],
    listIncidents: [
      [
        {
          states: ['open'],
          severity: 'warning',
          datasetId: ID,
          owner: 'o',
          after: { openedAt: NOW.toISOString(), id: ID },
          limit: 10,
        },
      ],
    ],
    countIncidents: [[]],
    numberUntold: [[NOW]],
    incidentsAfterPosition: [[1, 10]],
  }),
  'objective-runs.ts': samples<typeof objectiveRuns>({
    landedOf: [[[ID], 10]],
    upstreamOf: [[[ID], 10]],
    makingOf: [[[ID], 10, NOW]],
    runTimesOf: [[[ID], 10, NOW]],
    levelsOf: [[[{ datasetId: ID, key: 'max(updated_at)' }], 10]],
    heardAround: [[[ID]]],
  }),
  'objectives.ts': samples<typeof objectives>({
    contractsStamp: [[]],
    promisedContracts: [[]],
    lockObjectives: [[]],
    putObjectives: [[[], NOW]],
    dropObjectives: [[[]]],
    takeObjectives: [[10, NOW, NOW]],
    nextObjective: [[]],
    wakeObjectives: [[[ID], NOW]],
    keepObjectives: [[[], NOW]],
    putObjectivePeriods: [[[]]],
    countObjectives: [[]],
    objectiveFacts: [[10]],
    clearObjectives: [[NOW]],
    listObjectives: [
      [{ datasetId: null, state: null, after: null, limit: 10 }, NOW],
      [{ datasetId: ID, state: 'missed', after: [ID, 'landed_by'], limit: 10 }, NOW],
    ],
    objectivePeriods: [[ID, 10]],
  }),
  'ingest-lock.ts': samples<typeof ingestLock>({ shareIngest: [[]], stopIngest: [[]] }),
  'lineage-steps.ts': samples<typeof lineageSteps>({
    lineageSteps: [
      [[ID], 'downstream', null, 10],
      [[ID], 'upstream', null, 10],
      [[ID], 'downstream', ID, 10],
      [[ID], 'upstream', ID, 10],
    ],
    edgesInto: [
      [[ID], [ID], null, 10],
      [[ID], [ID], ID, 10],
    ],
    jobNames: [[[ID]]],
    countNeighbours: [
      [[ID], 'upstream', null, 10],
      [[ID], 'downstream', null, 10],
      [[ID], 'upstream', ID, 10],
    ],
    lineageNodes: [[[ID]]],
    neighbourhoods: [
      [[ID], [ID], null, 10],
      [[ID], [ID], ID, 10],
    ],
    columnSteps: [
      [[{ datasetId: ID, column: 'c' }], 'downstream', 10],
      [[{ datasetId: ID, column: 'c' }], 'upstream', 10],
    ],
    countColumnNeighbours: [[[{ datasetId: ID, column: 'c' }], 10]],
  }),
  'search.ts': samples<typeof search>({
    searchEntities: [
      [{ words: [], name: '' }, NO_FILTER, AT_ONCE, null, 20],
      [{ words: [], name: '' }, { ...NO_FILTER, owner: 'o' }, AT_ONCE, null, 20],
      [
        { words: [{ word: 'id', prefix: 'names', meant: [] }], name: 'id' },
        NO_FILTER,
        { ...AT_ONCE, everything: [[2, 1], [0]] },
        null,
        20,
      ],
      [
        { words: [{ word: 'order', prefix: 'everywhere', meant: ['orders'] }], name: 'order' },
        { kinds: ['dataset'], layer: 'gold', owner: 'o', tag: 't', platform: 'p', status: 'ok' },
        AT_ONCE,
        { tier: 1, weight: 2.5, folded: 'orders', id: ID },
        20,
      ],
    ],
    planForWords: [[]],
    searchStatistics: [[]],
    knownWords: [[['a']]],
    setWordSimilarity: [[]],
    alikeWords: [[['a'], 10]],
    columnNames: [[[ID], ['a'], 10]],
    countDatasetsOf: [
      [
        [
          { kind: 'column', value: '=id' },
          { kind: 'owner', value: 'o' },
          { kind: 'tag', value: 't' },
        ],
        10,
      ],
    ],
  }),
  'service-status.ts': samples<typeof serviceStatus>({ serviceStatus: [[NOW]] }),
  'search-facts.ts': samples<typeof searchFacts>({
    datasetSearchFacts: [[[ID], 10]],
    jobSearchFacts: [[[ID]]],
    searchContracts: [[[ID]]],
    namesOfEach: [[[ID]]],
    findRestated: [
      ['dataset', ID, 10, NOW],
      ['job', ID, 10, NOW],
    ],
  }),
  'search-index.ts': samples<typeof searchIndex>({
    touchEntries: [[[], NOW]],
    putEntries: [[[], NOW]],
    addSearchWords: [[['a']]],
    markSearchDue: [[[ID], NOW]],
    takeSearchDue: [[10]],
    stalestEntries: [[NOW, 10]],
    findUnindexed: [[10, NOW]],
    findChanged: [[ID, NOW]],
    deleteGone: [[]],
    placeWords: [[]],
    markAllDue: [[NOW]],
    searchBacklog: [[]],
    hasTrigrams: [[]],
  }),
  'lineage.ts': samples<typeof lineage>({
    datasetsByName: [['d', null]],
    datasetOfId: [[ID]],
    edgesFrom: IN_CONSUMERS,
    edgesTo: IN_CONSUMERS,
    hasExplicitColumns: IN_CONSUMERS,
  }),
  'consumers.ts': samples<typeof consumers>({
    consumersOf: [[[{ touch: 0, datasetId: ID, column: 'c' }], 100]],
    dashboardsAmong: [[[ID]]],
    datasetsOfNames: [[['d']]],
    namesWithContracts: [[['d']]],
  }),
  'load-findings.ts': samples<typeof loadFindings>({
    listLoadFindings: [[NOW, 10]],
    loadFacts: [[NOW, 10]],
    clearLoads: [[NOW]],
  }),
  'marks.ts': samples<typeof marks>({
    addMarks: [[[]]],
    addMark: [
      [
        ID,
        {
          id: ID,
          kind: 'expected',
          partition: PARTITION,
          metric: null,
          reason: 'r',
          author: 'a',
          markedAt: NOW,
        },
      ],
    ],
    withdrawMark: [[ID, { reason: 'r', author: 'a', withdrawnAt: NOW }]],
    markOf: [[ID, ID]],
    listMarks: [
      [ID, { partition: PARTITION, withdrawn: true, after: null }, 10],
      [ID, { partition: null, withdrawn: false, after: { markedAt: NOW.toISOString(), id: ID } }, 10],
    ],
    standingMarks: [[[ID]]],
  }),
  'measurements.ts': samples<typeof measurements>({
    seriesOf: [[[ID], null, 30]],
    seriesOver: [[[{ datasetId: ID, pattern: 'dt=%', from: PARTITION, to: PARTITION, reach: 42 }]]],
    seriesUpTo: [[[{ datasetId: ID, partition: PARTITION }], 30]],
  }),
  'migrate.ts': samples<typeof migrate>({
    takeMigrationLock: [[]],
    serverVersion: [[]],
    schemaPresent: [['assay']],
    ledgerPresent: [[]],
    appliedMigrations: [[]],
    recordMigration: [['0001_name', '00']],
  }),
  'open-store.ts': samples<typeof openStore>({ ping: [[]] }),
  'overview.ts': samples<typeof overview>({
    countAll: [[]],
    heldPublications: [[10]],
    latestPublications: [[10]],
    listDatasets: [[{ text: null, namespace: null, name: null, after: null, heldFirst: false, limit: 10 }]],
    readDataset: [[ID]],
    listPartitions: [[ID, 10]],
    listVerdicts: [[ID, 'row_count', 10]],
  }),
  'partition-checks.ts': samples<typeof partitionChecks>({
    dropPartitionChecks: [[[{ datasetId: ID, partition: PARTITION }]]],
    putPartitionChecks: [[[], NOW]],
    judgeNewest: [[[ID], 14, NOW]],
    checkFacts: [[NOW, 10]],
    clearChecks: [[NOW]],
    retellChecks: [[500]],
    deleteOldChecks: [[NOW, 10]],
    listPartitionChecks: [
      [{ datasetId: null, partition: null, status: null, after: null }, 10],
      [{ datasetId: ID, partition: PARTITION, status: 'fail', after: [NOW, ID, PARTITION] }, 10],
    ],
  }),
  'partition-contents.ts': samples<typeof partitionContents>({
    putContents: [[[]]],
    contentsUpTo: [[[{ datasetId: ID, partition: PARTITION, pattern: 'dt=%' }], 14]],
  }),
  'profiles.ts': samples<typeof profiles>({
    profilesOf: [[[{ datasetId: ID, partition: PARTITION }]]],
    dropOtherSegments: [[[{ datasetId: ID, partition: PARTITION }]]],
    profilesAmong: [[[{ datasetId: ID, partition: PARTITION }]]],
    profileWindows: [[[{ datasetId: ID, partition: PARTITION, pattern: 'dt=%' }], 14, [0, 1]]],
  }),
  'partition-statistics.ts': samples<typeof partitionStatistics>({
    addLayouts: [[[]]],
    readLayouts: [[[ID]]],
    layoutsInUse: [[[ID]]],
    putStatistics: [[[]]],
    dropFolded: [[[]]],
    statisticsWindows: [
      [[ID], 30],
      [[ID], 30, { segment: 'country=DE', before: PARTITION }],
    ],
    statisticsOfWindow: [
      [{ datasetId: ID, segment: '', from: null, until: null, limit: 30 }],
      [{ datasetId: ID, segment: '', from: NOW, until: NOW, limit: 30 }],
    ],
    sizeOfWindow: [[{ datasetId: ID, segment: '', from: null, until: NOW }]],
    segmentsOf: [[ID, 10]],
    statisticsVersions: [[ID, '', PARTITION]],
    deleteOldStatistics: [[NOW, NOW, 1000]],
  }),
  'publications.ts': samples<typeof publications>({
    openPublication: [[publication]],
    publicationById: [[ID]],
    publicationOfEvaluation: [[ID]],
    openPublications: [[]],
    publicationUnderWay: [[ID, PARTITION]],
    currentPublication: [[ID, PARTITION]],
    lastPublications: [[ID, PARTITION]],
    settlePublication: [
      [{ id: ID, lease_until: NOW }, { state: 'published', previous: null, reason: null }, NOW],
    ],
    replaceOthers: [[publication]],
    hallmarks: [[{ state: null, datasetId: null, limit: 10, after: null }]],
  }),
  'quarantine.ts': samples<typeof quarantine>({
    keepInQuarantine: [
      [
        {
          id: ID,
          receivedAt: NOW,
          source: 'http',
          producer: null,
          reason: 'r',
          problems: [],
          size: 0,
          excerpt: '',
          codec: 0,
          body: new Uint8Array(),
        },
      ],
    ],
    listQuarantine: [
      [everyQuarantined, null, 10],
      [everyQuarantined, { at: NOW, id: ID }, 10],
    ],
    readQuarantined: [[ID]],
    readQuarantinedPage: [[everyQuarantined, { at: NOW, id: ID }, 10, 1000]],
    settleQuarantined: [
      [{ state: 'replayed', entries: [{ id: ID, replayedAs: ID }], note: null, by: 'a', at: NOW }],
      [{ state: 'discarded', entries: [{ id: ID, replayedAs: null }], note: 'n', by: null, at: NOW }],
    ],
    deleteQuarantined: [[NOW]],
    countOpenQuarantined: [[10]],
    busiestProducers: [[10]],
  }),
  'raw-dictionaries.ts': samples<typeof rawDictionaries>({
    newestDictionary: [[]],
    readDictionaries: [[[1]]],
    addDictionary: [[new Uint8Array(), NOW, null]],
    dropDictionaries: [[]],
  }),
  'raw-passages.ts': samples<typeof rawPassages>({
    keepPassages: [[[], NOW]],
    sumPassages: [[[1], NOW]],
    readPassages: [[[1]]],
    dropPassages: [[NOW]],
  }),
  'raw-events.ts': samples<typeof rawEvents>({
    appendRawEvents: [[{ receivedAt: NOW, codec: 0, body: new Uint8Array() }, []]],
    readRawEvents: [[0, 10]],
    readSegments: [[0, 10, [1]]],
    lastSequence: [[]],
    countRawEvents: [[]],
    readRawEvent: [[ID]],
  }),
  'raw-partitions.ts': samples<typeof rawPartitions>({
    dayPartitions: [[{ table: 'raw_event', time: 'event_time' }]],
    storedColumns: [[{ table: 'raw_segment', time: 'received_at' }]],
    takePartitionLock: [[]],
  }),
  'raw-retention.ts': samples<typeof rawRetention>({ rawPartitionSizes: [[]], oldestSegment: [[]] }),
  'assertions.ts': samples<typeof assertions>({
    addAssertions: [[[]]],
    assertionsOfRuns: [[[ID]]],
    assertionsOfDataset: [
      [ID, null, ID, 10],
      [ID, PARTITION, ID, 10],
    ],
    lastWriteOfPartition: [[ID, PARTITION]],
  }),
  'dataset-views.ts': samples<typeof datasetViews>({
    listVersions: [
      [ID, null, 10],
      [ID, { key: ID, runId: ID }, 10],
    ],
    lastWriteOf: [[ID]],
    columnsOfSchema: [[ID, -1, 10]],
    schemaNow: [[ID]],
    schemaChanges: [[ID, 10]],
  }),
  'explicit-lineage.ts': samples<typeof explicitLineage>({
    addLineageStatements: [[[]]],
    addExplicitEdges: [[[]]],
    addDatasetEdges: [[[]]],
  }),
  'facets.ts': samples<typeof facets>({
    addFacets: [[[]]],
    addFacetSets: [[[]]],
    addJobStatements: [[[]]],
    statedOfDataset: [[ID]],
    statedOfJob: [[ID]],
    readFacetSets: [[[ID]]],
    readFacets: [[[ID]]],
  }),
  'job-views.ts': samples<typeof jobViews>({
    listJobs: [
      [null, null, null, 10, NOW],
      ['j', 'n', { namespace: 'n', name: 'j' }, 10, NOW],
    ],
    jobById: [[ID, NOW]],
    datasetsOfJob: [[ID]],
  }),
  'run-snapshots.ts': samples<typeof runSnapshots>({ putRunSnapshots: [[[]]] }),
  'run-views.ts': samples<typeof runViews>({
    shownStateOf: { runIn: 'test/api/model.test.ts' },
    listRuns: [
      [{ jobId: null, datasetId: null, parentRunId: null, rootRunId: null, state: null }, null, 10, NOW],
      [
        { jobId: ID, datasetId: ID, parentRunId: ID, rootRunId: ID, state: 'LOST', since: NOW, until: NOW },
        { firstKey: ID, id: ID },
        10,
        NOW,
      ],
    ],
    runsById: [[[ID], NOW]],
    runTree: [[ID, 10, NOW]],
    datasetsOfRun: [[ID]],
    facetEventsOfRun: [[ID]],
    eventsByKey: [[[{ at: NOW, microseconds: 1, from: ID, to: ID }]]],
  }),
  'run-datasets.ts': samples<typeof runDatasets>({ readRunDatasets: [[[ID]]], putRunDatasets: [[[]]] }),
  'runs.ts': samples<typeof runs>({
    addRunFacts: [[[]]],
    readRunFacts: [[[ID]]],
    lockRuns: [[[ID]]],
    insertRuns: [[[]]],
    updateRuns: [[[]]],
  }),
  'old-records.ts': samples<typeof oldRecords>({
    deleteOldIncidents: [[NOW, 10]],
    deleteOldPeriods: [[NOW, 10]],
    deleteOldEvaluations: [[NOW, 10]],
  }),
  'stream-progress.ts': samples<typeof streamProgress>({
    addProgress: [[ID, [{ at: NOW, processedTo: null, sourceOffset: 1 }]]],
    progressOf: [[[ID], NOW]],
    deleteProgress: [[NOW, 10]],
  }),
  'stated-owners.ts': samples<typeof statedOwners>({ statedOwners: [[[ID]]] }),
  'shadow-model.ts': samples<typeof shadowModel>({
    shadowDdl: [[]],
    countModelEvents: [[]],
    modelGeneration: [[]],
    drawnSequence: [[]],
    beforeFirstSequence: [[]],
    useShadow: { runIn: 'test/ingest/order-independence.test.ts' },
    claimReplay: [[]],
  }),
  'verdicts.ts': samples<typeof verdicts>({
    dropVerdicts: [[[]]],
    putVerdicts: [[[], NOW]],
    putAbsent: [[[], NOW]],
    listFindings: [
      [10, 'partition'],
      [10, 'decision'],
    ],
    countSimpleAlone: [[10]],
    listNotices: [[10]],
    watchedOf: [[ID, PARTITION]],
  }),
  'waiting.ts': samples<typeof waiting>({
    waitingPartitions: [[NOW, 10]],
    expireEvaluations: [[NOW, NOW]],
  }),
  'waivers.ts': samples<typeof waivers>({
    addWaiver: [[waiver]],
    waiverForUpdate: [[ID]],
    approveWaiver: [[ID, 'b', NOW]],
    waiversOfPartition: [[ID, 'dt=2026-01-01', 50]],
    waiversFor: [[ID, PARTITION, NOW]],
  }),
};
