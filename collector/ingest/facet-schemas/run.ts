import { Type } from 'typebox';
import {
  AnyFacet,
  anyObject,
  dateTime,
  entityFacet,
  mapOf,
  optionalText,
  runFacet,
  text,
  uuid,
} from './base.ts';

/** NominalTimeRunFacet 1-0-1 */
export const NominalTime = runFacet({ nominalStartTime: dateTime, nominalEndTime: Type.Optional(dateTime) });

const namedRun = Type.Object({ runId: uuid, facets: Type.Optional(mapOf(AnyFacet)) });
const namedJob = Type.Object({ namespace: text, name: text, facets: Type.Optional(mapOf(entityFacet({}))) });

/** ParentRunFacet 1-2-0 */
export const Parent = runFacet({
  run: namedRun,
  job: namedJob,
  root: Type.Optional(Type.Object({ run: namedRun, job: namedJob })),
});

/** ErrorMessageRunFacet 1-0-1 */
export const ErrorMessage = runFacet({ message: text, programmingLanguage: text, stackTrace: optionalText });

/** ProcessingEngineRunFacet 1-1-1 */
export const ProcessingEngine = runFacet({
  version: text,
  name: optionalText,
  openlineageAdapterVersion: optionalText,
});

/** ExternalQueryRunFacet 1-0-2 */
export const ExternalQuery = runFacet({ externalQueryId: text, source: text });

/** ExtractionErrorRunFacet 1-1-2 */
export const ExtractionError = runFacet({
  totalTasks: Type.Integer(),
  failedTasks: Type.Integer(),
  errors: Type.Array(
    Type.Object({
      errorMessage: text,
      stackTrace: optionalText,
      task: optionalText,
      taskNumber: Type.Optional(Type.Integer()),
    }),
  ),
});

/** EnvironmentVariablesRunFacet 1-0-0 */
export const EnvironmentVariables = runFacet({
  environmentVariables: Type.Array(Type.Object({ name: text, value: text })),
});

/** ExecutionParametersRunFacet 1-0-0 */
export const ExecutionParameters = runFacet({
  parameters: Type.Optional(
    Type.Array(
      Type.Object(
        { key: text, name: optionalText, description: optionalText, value: optionalText },
        { additionalProperties: false },
      ),
    ),
  ),
});

const dependency = Type.Object({
  job: Type.Object({ namespace: text, name: text }),
  run: Type.Optional(Type.Object({ runId: uuid })),
  dependency_type: optionalText,
  sequence_trigger_rule: optionalText,
  status_trigger_rule: optionalText,
});

/** JobDependenciesRunFacet 1-0-1 */
export const JobDependencies = runFacet({
  upstream: Type.Optional(Type.Array(dependency)),
  downstream: Type.Optional(Type.Array(dependency)),
  trigger_rule: optionalText,
});

/** A tag of a run or job. */
export const Tag = Type.Object({ key: text, value: text, source: optionalText });

/** TagsRunFacet 1-0-0 */
export const RunTags = runFacet({ tags: Type.Optional(Type.Array(Tag)) });

/** TestRunFacet 1-0-1 */
export const TestRun = runFacet({
  tests: Type.Array(
    Type.Object({
      name: text,
      status: text,
      severity: optionalText,
      type: optionalText,
      description: optionalText,
      expected: optionalText,
      actual: optionalText,
      content: optionalText,
      contentType: optionalText,
      params: Type.Optional(anyObject),
    }),
  ),
});

/** GcpDataprocRunFacet 1-0-0 (registry) */
export const GcpDataproc = runFacet({
  appId: text,
  appName: text,
  batchId: optionalText,
  batchUuid: optionalText,
  clusterName: optionalText,
  clusterUuid: optionalText,
  jobId: optionalText,
  jobUuid: optionalText,
  projectId: text,
  queryNodeName: optionalText,
  jobType: optionalText,
  sessionId: optionalText,
  sessionUuid: optionalText,
});

/** GcpComposerRunFacet 1-0-0 (registry) */
export const GcpComposerRun = runFacet({ dagRunId: text });
