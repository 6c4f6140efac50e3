import { NO_CHECKS, NOT_MEASURED } from './decide.ts';
import { FROZEN } from './freeze.ts';
import { expiryOf, leaseOf } from './evaluation-terms.ts';
import type { EvaluationStatus } from './status.ts';
import type { PublicationRow } from '#store/publications.ts';
import type { WaiverRow } from '#store/waivers.ts';
import type { Uuid } from '#model/ids.ts';

/** What somebody may do now about a decision; the most likely first. */
export interface NextStep {
  readonly kind:
    | 'see_newer'
    | 'wait'
    | 'unfreeze'
    | 'publish'
    | 'approve'
    | 'waive'
    | 'load_again'
    | 'evaluate_again'
    | 'rollback';
  /** One or two sentences for a person. */
  readonly text: string;
  /** The command that does it, to be completed where it has <…>; null where there is none. */
  readonly command: string | null;
}

export interface Situation {
  readonly status: EvaluationStatus;
  /** The partition's newest evaluation, when it is another. */
  readonly newer: Uuid | null;
  readonly waivers: readonly WaiverRow[];
  /** What is served of the partition now. */
  readonly serving: PublicationRow | null;
  readonly now: Date;
}

/** Reasons that no waiver mends. */
const NOT_WAIVABLE = new Set([FROZEN, NOT_MEASURED, NO_CHECKS]);

/** The ways on from a decision. Pure. */
export function nextSteps(situation: Situation): NextStep[] {
  const { status, newer } = situation;
  const { row, freeze, decision } = status;
  if (newer !== null)
    return [
      {
        kind: 'see_newer',
        text: 'A newer candidate of this partition took its place; the decision about that one counts.',
        command: null,
      },
    ];
  if (row.state === 'published') return afterPublication(situation);
  if (decision === null)
    return [
      {
        kind: 'wait',
        text: `It is being measured. It is given up for lost at ${minuteOf(leaseOf(row))}.`,
        command: null,
      },
    ];
  const steps: NextStep[] = [];
  if (freeze !== null)
    steps.push({
      kind: 'unfreeze',
      text: `The gate is frozen by ${freeze.author}; nothing is published until somebody with the scope gate:waive lets it go.`,
      command: `assay gate unfreeze ${quoted(row.dataset_id)} --reason <why>`,
    });
  if (row.state === 'expired') return [...steps, again('What was measured is too old to be published.')];
  return [...steps, ...(row.decision === 'allow' ? toPublish(situation) : whenHeld(situation))];
}

function afterPublication({ serving, status: { row, publication } }: Situation): NextStep[] {
  if (publication === null || serving?.id !== publication.id || serving.previous === null) return [];
  return [
    {
      kind: 'rollback',
      text: 'It is served. What was served before is kept and can be put back.',
      command: `assay gate rollback ${quoted(row.dataset_id)} --partition ${quoted(row.partition)}`,
    },
  ];
}

function toPublish({ status: { row, publication } }: Situation): NextStep[] {
  if (row.target === null)
    return [
      {
        kind: 'wait',
        text: 'It may become gold, but the contract names no place to publish to (gate.publish_to): whoever asked does that.',
        command: null,
      },
    ];
  const failed =
    publication?.state === 'failed'
      ? `The last attempt failed: ${publication.reason ?? 'no reason is known'}. `
      : '';
  return [
    {
      kind: 'publish',
      text: `${failed}It may be published until ${minuteOf(expiryOf(row))}; exactly the version that was tested.`,
      command: `assay gate publish ${row.id} --expected-version ${quoted(row.candidate_version ?? '')}`,
    },
  ];
}

function whenHeld({ status: { row, reasons }, waivers, now }: Situation): NextStep[] {
  const holding = reasons.filter(({ holds, checkId }) => holds && checkId !== FROZEN);
  const steps: NextStep[] = [];
  for (const waiver of waivers)
    if (
      waiver.approved_by === null &&
      waiver.expires_at > now &&
      waiver.check_ids.some((id) => holding.some(({ checkId }) => checkId === id))
    )
      steps.push({
        kind: 'approve',
        text: `${waiver.requested_by} asks to let ${waiver.check_ids.length === 1 ? 'one check' : `${waiver.check_ids.length} checks`} pass: ${waiver.reason}. A second person approves.`,
        command: `assay gate approve ${waiver.id} --by <person>`,
      });
  if (holding.some(({ checkId, status }) => checkId === NOT_MEASURED || status === 'error'))
    steps.push(again('The warehouse did not answer a check; that says nothing about the data.'));
  if (holding.some(({ status }) => status === 'fail' || status === 'no_data' || status === 'warn'))
    steps.push({
      kind: 'load_again',
      text: `Mend the data, load the candidate ${row.candidate_ref} again and ask the gate again; in Airflow clear the load and the gate together.`,
      command: null,
    });
  const asked = new Set(
    waivers.filter(({ expires_at: end }) => end > now).flatMap((waiver) => waiver.check_ids),
  );
  const waivable = holding.filter(({ checkId }) => !NOT_WAIVABLE.has(checkId) && !asked.has(checkId));
  if (waivable.length > 0)
    steps.push({
      kind: 'waive',
      text: waivable.every(({ status }) => status === 'learning')
        ? 'There is too little history to judge by. It is enough after more partitions; until then somebody may ask to let it pass, and a second person approves.'
        : 'If the data is right all the same, ask to let the named checks pass; a second person approves.',
      command: `assay gate waive ${row.id} ${waivable.map(({ checkId }) => `--check ${quoted(checkId)}`).join(' ')} --reason <why> --by <person> --expires <time>`,
    });
  return steps;
}

function again(why: string): NextStep {
  return {
    kind: 'evaluate_again',
    text: `${why} Ask the gate again; in Airflow clear the gate's task.`,
    command: null,
  };
}

function minuteOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w.:/=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
