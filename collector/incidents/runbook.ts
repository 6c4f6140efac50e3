import type { EvidenceKind } from '#model/evidence.ts';
import { fits } from '#model/glob.ts';
import type { DatasetFacts } from './dataset-facts.ts';

/** What assay.yaml says is to be done about what; each that is there must fit one of its patterns. */
export interface RunbookRule {
  readonly dataset: readonly string[] | null;
  readonly kind: readonly string[] | null;
  /** Metric, check id, job. */
  readonly check: readonly string[] | null;
  /** An address, or words. */
  readonly runbook: string;
}

/** What is wrong, as far as it decides what is to be done. */
export interface Troubled {
  readonly dataset_id: string;
  readonly kind: EvidenceKind;
  readonly subject: string;
}

/**
 * What is to be done: as the contract says of the check, else of the dataset, else as the first rule of assay.yaml
 * that fits; null when nobody says. @param facts of the dataset
 */
export function runbookOf(
  { kind, subject }: Pick<Troubled, 'kind' | 'subject'>,
  facts: Pick<DatasetFacts, 'namespace' | 'name' | 'runbook' | 'checkRunbooks'> | null,
  rules: readonly RunbookRule[],
): string | null {
  const stated = facts?.checkRunbooks.get(subject) ?? facts?.runbook ?? null;
  if (stated !== null) return stated;
  const names = facts === null ? [] : [facts.name, `${facts.namespace}/${facts.name}`];
  const fitting = rules.find(
    (rule) => isOneOf(rule.dataset, names) && isOneOf(rule.kind, [kind]) && isOneOf(rule.check, [subject]),
  );
  return fitting?.runbook ?? null;
}

function isOneOf(patterns: readonly string[] | null, values: readonly string[]): boolean {
  return patterns === null || patterns.some((pattern) => values.some((value) => fits(pattern, value)));
}
