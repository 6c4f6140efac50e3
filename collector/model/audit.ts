import { createHash } from 'node:crypto';

/** What somebody did, as it is kept for ever. */
export interface AuditEntry {
  /** Place in the chain, from 1 without gaps. */
  readonly position: number;
  readonly id: number;
  readonly at: Date;
  /** The key's name, else who was said to act; null: Assay itself. */
  readonly actor: string | null;
  /** `waiver.approved`, `publish.published`, … */
  readonly action: string;
  /** What it was done to: `evaluation`, `waiver`, `incident`, … */
  readonly subject: string;
  readonly subjectId: string;
  readonly datasetId: string | null;
  /** JSON, exactly as it is hashed. */
  readonly detail: string;
}

export interface ChainedEntry extends AuditEntry {
  /** Of this entry and the hash before it: 64 hexadecimal digits. */
  readonly hash: string;
}

/** A place in the chain and its hash: kept elsewhere, it shows later that nothing up to it was changed or cut off. */
export interface ChainHead {
  readonly position: number;
  readonly hash: string;
}

/** Where every chain begins. */
export const CHAIN_START: ChainHead = { position: 0, hash: '0'.repeat(64) };

/** SHA-256 of the hash before and the entry's fields as one JSON array. */
export function auditHash(previous: string, entry: AuditEntry): string {
  const { position, id, at, actor, action, subject, subjectId, datasetId, detail } = entry;
  const text = JSON.stringify([
    previous,
    position,
    id,
    at.toISOString(),
    actor,
    action,
    subject,
    subjectId,
    datasetId,
    detail,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** Gives entries their places behind a head. */
export function chain(
  head: ChainHead,
  entries: readonly Omit<AuditEntry, 'position'>[],
): readonly ChainedEntry[] {
  let { position, hash } = head;
  return entries.map((entry) => {
    const placed = { ...entry, position: (position += 1) };
    return { ...placed, hash: (hash = auditHash(hash, placed)) };
  });
}

/** Where a chain is broken. */
export interface ChainBreak {
  readonly position: number;
  readonly why: string;
}

/**
 * Follows the chain behind a head. Gives the new head, or the first place at which it does not hold: nothing behind
 * that place is shown to be as it was written.
 */
export function follow(
  head: ChainHead,
  entries: readonly ChainedEntry[],
): { readonly head: ChainHead; readonly broken: ChainBreak | null } {
  let last = head;
  for (const entry of entries) {
    const { position, hash } = entry;
    if (position !== last.position + 1) {
      const why =
        position === last.position + 2
          ? `the entry ${last.position + 1} is missing`
          : `the entries ${last.position + 1} to ${position - 1} are missing`;
      return { head: last, broken: { position: last.position + 1, why } };
    }
    if (auditHash(last.hash, entry) !== hash)
      return {
        head: last,
        broken: { position, why: `the entry ${position} is not what was written, or one before it` },
      };
    last = { position, hash };
  }
  return { head: last, broken: null };
}
