import { formatNumber } from '#model/number-text.ts';
import type { UpstreamDecisionRow, WriteStepRow } from '#store/incident-lineage.ts';

/** Names of versions are long hashes: so many characters tell them apart. */
const TOLD = 12;

/**
 * What is different between the write that an incident is about and the last one before it that was good, in
 * sentences: rows, schema, code, engine, contract, job. Nothing is said of what is not known.
 */
export function changesOf(step: WriteStepRow): string[] {
  const changes: string[] = [];
  if (step.good_partition === null) return ['no earlier good write is known'];
  const since = step.good_partition === '' ? 'since the last good write' : `since ${step.good_partition}`;
  if (step.rows !== null && step.good_rows !== null && step.rows !== step.good_rows)
    changes.push(`rows ${formatNumber(step.good_rows)} → ${formatNumber(step.rows)} ${since}`);
  if (step.schema_id !== null && step.good_schema_id !== null && step.schema_id !== step.good_schema_id)
    changes.push(`the schema changed ${since}`);
  if (differ(step.code, step.good_code))
    changes.push(`code ${version(step.good_code)} → ${version(step.code)} ${since}`);
  if (differ(step.engine, step.good_engine))
    changes.push(`engine ${version(step.good_engine)} → ${version(step.engine)} ${since}`);
  if (differ(step.contract, step.good_contract))
    changes.push(`contract ${version(step.good_contract)} → ${version(step.contract)} ${since}`);
  if (differ(step.job, step.good_job))
    changes.push(`written by ${step.job ?? 'nobody'}, before by ${step.good_job ?? 'nobody'}`);
  return changes.length > 0
    ? changes
    : [`nothing that Assay knows of changed ${since}: rows, schema, code and contract are the same`];
}

/** What the gate said of its inputs before, in sentences. */
export function decisionWords(decisions: readonly UpstreamDecisionRow[]): string[] {
  return decisions.map(({ input, partition, decision, waived_by: by }) =>
    decision === 'block'
      ? `the gate held its input ${input} ${partition}`.trimEnd()
      : `${by ?? 'somebody'} let failures of its input ${input} ${partition} pass`,
  );
}

/** Both are known and are not the same. */
function differ(now: string | null, good: string | null): boolean {
  return now !== null && good !== null && now !== good;
}

function version(text: string | null): string {
  return text === null ? 'unknown' : text.slice(0, TOLD);
}
