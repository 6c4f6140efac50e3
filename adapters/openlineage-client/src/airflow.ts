import { generateStaticUuid } from './uuid.ts';

/** What identifies an Airflow DAG run. */
export interface AirflowDagRun {
  /** OpenLineage namespace that Airflow is configured with; `default` unless set. */
  readonly namespace: string;
  readonly dagId: string;
  /** Logical date with offset, exactly as Airflow has it (microseconds count). */
  readonly logicalDate: string | Date;
  /** How often the DAG run was cleared; default 0. */
  readonly clearNumber?: number;
}

/** What identifies one try of an Airflow task. */
export interface AirflowTaskRun extends Omit<AirflowDagRun, 'clearNumber'> {
  readonly taskId: string;
  /** 1 for the first try. */
  readonly tryNumber: number;
  /** -1, the default, for a task that is not mapped. */
  readonly mapIndex?: number;
}

/** The runId under which the Airflow provider reports a DAG run; for the `root` of a parent facet. */
export function airflowDagRunId(run: AirflowDagRun): string {
  return generateStaticUuid(run.logicalDate, `${run.namespace}.${run.dagId}.${run.clearNumber ?? 0}`);
}

/** The runId under which the Airflow provider reports a task try; for a parent facet. */
export function airflowTaskRunId(run: AirflowTaskRun): string {
  const { namespace, dagId, taskId, tryNumber, mapIndex = -1 } = run;
  return generateStaticUuid(run.logicalDate, `${namespace}.${dagId}.${taskId}.${tryNumber}.${mapIndex}`);
}
