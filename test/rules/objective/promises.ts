import type { Deadline } from '#model/contract.ts';
import { occurrencesOf, type Occurrence, type OccurrencesQuestion } from '#rules/objective/occurrence.ts';
import type { Promised } from '#model/objective.ts';
import { parseDeadline } from '#rules/contract/deadline.ts';

export const at = (text: string): Date => new Date(`${text}Z`);

export function deadline(text: string): Deadline {
  const parsed = parseDeadline(text);
  if (parsed.status === 'error') throw new Error(parsed.message);
  return parsed.deadline;
}

export function landedBy(text: string, column: string | null = 'dt'): Promised {
  return { kind: 'landed_by', name: 'landed_by', text, deadline: deadline(text), grain: null, column };
}

export function fresh(seconds: number): Promised {
  return { kind: 'freshness', name: 'freshness', text: 'freshness', seconds, grain: null, column: 'dt' };
}

export function known(
  question: Omit<OccurrencesQuestion, 'since'> & { readonly since?: Date },
): readonly Occurrence[] {
  const found = occurrencesOf({ since: new Date(0), ...question });
  if (found.status !== 'known') throw new Error(found.why);
  return found.occurrences;
}
