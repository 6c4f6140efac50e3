import { FENCE_TABLE, labelState } from './catalog.ts';
import type { TableName } from './names.ts';
import { isLabelUsed, StarRocksError, type Session } from './session.ts';
import { burnLabel, createFence } from './statements.ts';

/** A labelled load is tried this often under labels of its own. */
export const MAX_ATTEMPTS = 5;

export type LabelOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'doubt' | 'refused'; readonly reason: string };

/**
 * Runs a labelled load so that it takes effect exactly once, whatever becomes of the connection: a label can
 * succeed once, and one whose fate is not known is taken by an empty load of our own before the next is tried.
 * @param labelOf the label of an attempt, from 1.
 */
export async function runLabelled(
  session: Session,
  database: string,
  labelOf: (attempt: number) => string,
  statement: (label: string) => string,
): Promise<LabelOutcome> {
  let reason = 'The frontend did not answer.';
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const label = labelOf(attempt);
    const before = await labelState(session, database, label);
    if (before === 'done') return { status: 'done' };
    if (before === 'taken') continue;
    if (before === 'running') return { status: 'doubt', reason: `The load ${label} is still running.` };
    try {
      await session.query(statement(label));
      return { status: 'done' };
    } catch (error) {
      if (!(error instanceof StarRocksError)) throw error;
      reason = error.message;
      if (error.kind === 'refused' && !isLabelUsed(error)) return { status: 'refused', reason };
    }
    const after = await settleLabel(session, database, label);
    if (after === 'done') return { status: 'done' };
    if (after === 'running') return { status: 'doubt', reason };
  }
  return { status: 'doubt', reason };
}

/**
 * What became of a label, and that it stays so: when nothing bears it yet it is taken, so that a statement
 * that is still on its way will be refused.
 */
export async function settleLabel(
  session: Session,
  database: string,
  label: string,
): Promise<'done' | 'never' | 'running'> {
  const state = await labelState(session, database, label);
  if (state === 'running' || state === 'done') return state;
  if (state === 'taken') return 'never';
  const fence = fenceOf(database);
  await session.query(createFence(fence));
  try {
    await session.query(burnLabel(fence, label));
    return 'never';
  } catch (error) {
    if (!isLabelUsed(error)) throw error;
    const now = await labelState(session, database, label);
    if (now === 'done') return 'done';
    return now === 'taken' ? 'never' : 'running';
  }
}

function fenceOf(database: string): TableName {
  return { database, table: FENCE_TABLE };
}
