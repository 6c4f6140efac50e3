import type { PublishOutcome } from '#model/ports.ts';
import { isLoading, labelState, partitionsOf, tableVersion, type LabelState } from './catalog.ts';
import { settleLabel } from './labelled.ts';
import { shortHash } from './names.ts';
import {
  ALREADY_PUBLISHED,
  concluding,
  failure,
  guarded,
  PUBLISHED,
  retryable,
  type Conclusion,
  type PublicationOrder,
} from './publication.ts';
import { versionOf } from './publish-by-replace.ts';
import { isLabelUsed, StarRocksError, type Session } from './session.ts';

/** What one labelled statement publishes. */
export interface LabelledPublication {
  /** What must be done before; an outcome ends the publication there. */
  readonly prepare: () => Promise<PublishOutcome | null>;
  readonly statement: (label: string) => string;
}

/**
 * Publishes by one labelled load. A label succeeds at most once, so it is the proof; one that nothing bears yet
 * can be taken, so that a late statement is refused. The candidate must be out of the reach of pipelines: what
 * is copied, or pointed at, is then exactly what was checked.
 */
export function publishLabelled(
  session: Session,
  order: PublicationOrder,
  { prepare, statement }: LabelledPublication,
): Promise<PublishOutcome> {
  return guarded(async (sent) => {
    const { label, state } = await labelOf(session, order);
    if (state === 'done') return ALREADY_PUBLISHED;
    if (state === 'running') return retryable(`The load ${label} is still running.`);
    const moved = await movedOf(session, order);
    if (moved) return moved;
    const stopped = await prepare();
    if (stopped) return stopped;
    const { candidate } = order;
    if (await isLoading(session, candidate.table))
      return retryable(`A load of ${candidate.table.table} is under way.`);
    const changed = await movedOf(session, order);
    if (changed) return changed;
    if (!order.mayBegin()) return retryable('The time in which it may begin is over.');
    sent.any = true;
    try {
      await session.query(statement(label));
      return PUBLISHED;
    } catch (error) {
      if (!(error instanceof StarRocksError)) throw error;
      return error.kind === 'refused' && !isLabelUsed(error)
        ? failure(error.message)
        : retryable(error.message);
    }
  });
}

/** Whether the label took effect; if not it never will. */
export function concludeLabelled(session: Session, order: PublicationOrder): Promise<Conclusion> {
  return concluding(async () => {
    const { label } = await labelOf(session, order);
    const settled = await settleLabel(session, order.target.database, label);
    if (settled === 'running') return retryable('The load is still running.');
    return { status: settled === 'done' ? 'published' : 'never' };
  });
}

/** What the candidate holds now, in the form that evaluations bind to. */
export async function candidateVersion(
  session: Session,
  { candidate }: Pick<PublicationOrder, 'candidate'>,
): Promise<string | null> {
  if (candidate.partition === null) return tableVersion(session, candidate.table);
  const found = (await partitionsOf(session, candidate.table)).find(
    ({ name, temporary }) => !temporary && name === candidate.partition,
  );
  return found ? versionOf(found) : null;
}

async function movedOf(session: Session, order: PublicationOrder): Promise<PublishOutcome | null> {
  const actual = await candidateVersion(session, order);
  return actual === order.candidate.version ? null : { status: 'version_moved', actual };
}

/** The first label of a publication that no conclusion has taken, and what became of it. */
export async function labelOf(
  session: Session,
  { target, token }: PublicationOrder,
): Promise<{ readonly label: string; readonly state: LabelState }> {
  for (let attempt = 1; ; attempt += 1) {
    const label = `assay_publish_${shortHash(token)}_${attempt}`;
    const state = await labelState(session, target.database, label);
    if (state !== 'taken') return { label, state };
  }
}
