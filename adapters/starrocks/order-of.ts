import type { Candidate } from '#model/publication.ts';
import { partitionsOf } from './catalog.ts';
import { parseRef } from './candidate-ref.ts';
import { placeOfKey, PlaceFault, type Place } from './place.ts';
import type { PublicationOrder } from './publication.ts';
import { concludeOverwrite, publishByOverwrite } from './publish-by-overwrite.ts';
import { concludePointer, publishByPointer } from './publish-by-pointer.ts';
import { concludeReplace, publishByReplace } from './publish-by-replace.ts';
import { concludeSwap, publishBySwap } from './publish-by-swap.ts';
import type { Session } from './session.ts';
import { parseTarget, type Protocol, type Target } from './target.ts';

export const PUBLISHERS = {
  replace: { publish: publishByReplace, conclude: concludeReplace },
  overwrite: { publish: publishByOverwrite, conclude: concludeOverwrite },
  swap: { publish: publishBySwap, conclude: concludeSwap },
  pointer: { publish: publishByPointer, conclude: concludePointer },
} as const satisfies Record<Protocol, unknown>;

/** What the gate asks for, in the words of the publishers. */
export interface Asked {
  readonly token: string;
  readonly target: string;
  readonly partition: string;
  readonly candidate: Omit<Candidate, 'kind'>;
  readonly mayBegin: () => boolean;
}

/** Reads a target's text. Throws PlaceFault. */
export function targetOf(text: string): Target {
  const target = parseTarget(text);
  if (typeof target === 'string') throw new PlaceFault(target);
  return target;
}

/** The order of a publication, and by which protocol. Throws PlaceFault, StarRocksError. */
export async function orderOf(
  session: Session,
  asked: Asked,
): Promise<{ readonly by: Protocol; readonly order: PublicationOrder; readonly place: Place }> {
  const target = targetOf(asked.target);
  const place = await placeOfKey(session, target, asked.partition);
  const ref = parseRef(asked.candidate.ref);
  if (ref === null)
    throw new PlaceFault(`${JSON.stringify(asked.candidate.ref)} is not a table like stage.orders.`);
  const { version } = asked.candidate;
  const { token, mayBegin } = asked;
  const candidate =
    place.by === 'replace'
      ? { table: target.table, partition: await temporaryOf(session, target, version), version }
      : { table: ref.table, partition: ref.partition, version };
  if (place.by === 'swap' && candidate.table.database !== target.table.database)
    throw new PlaceFault(
      `A table is swapped with one of its own database; bring ${asked.candidate.ref} to ${target.table.database}, or publish by=overwrite.`,
    );
  return {
    by: place.by,
    place,
    order: { token, target: target.table, partition: place.partition, candidate, mayBegin },
  };
}

/** No partition is called so: one that is gone is looked for under this name and not found. */
const GONE = 'assay_gone';

/** The temporary partition that bears a version's id: the id is what was checked, whatever it is called. */
async function temporaryOf(session: Session, { table }: Target, version: string): Promise<string> {
  const [id] = version.split(':');
  const found = (await partitionsOf(session, table)).find((one) => one.temporary && one.id === id);
  return found?.name ?? GONE;
}
