import { Type, type Static } from 'typebox';
import { EVIDENCE_KINDS } from '#model/evidence.ts';
import type { RunbookRule } from './incidents/runbook.ts';

const oneOrMore = Type.Optional(
  Type.Union([
    Type.String({ minLength: 1 }),
    Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 }),
  ]),
);

/** `runbooks` in assay.yaml: what is to be done about what; the first entry that fits counts. */
export const RunbooksFileSchema = Type.Array(
  Type.Object(
    {
      dataset: oneOrMore,
      kind: oneOrMore,
      check: oneOrMore,
      runbook: Type.String({ minLength: 1, maxLength: 2000 }),
    },
    { additionalProperties: false },
  ),
);
export type RunbooksFile = Static<typeof RunbooksFileSchema>;

/** Kinds that there are not. */
export function runbookFaults(
  file: RunbooksFile = [],
): { readonly pointer: string; readonly fault: string }[] {
  return file.flatMap(({ kind }, index) =>
    (listOf(kind) ?? [])
      .filter((one) => !/[*?]/.test(one) && !EVIDENCE_KINDS.some((known) => known === one))
      .map((one) => ({
        pointer: `/runbooks/${index}/kind`,
        fault: `names ${one}; the kinds are ${EVIDENCE_KINDS.join(', ')}.`,
      })),
  );
}

export function runbookRules(file: RunbooksFile = []): readonly RunbookRule[] {
  return file.map(({ dataset, kind, check, runbook }) => ({
    dataset: listOf(dataset),
    kind: listOf(kind),
    check: listOf(check),
    runbook,
  }));
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? [value] : value;
}
