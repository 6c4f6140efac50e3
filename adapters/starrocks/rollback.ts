import type { ConcludeRequest, Conclusion, PublishOutcome, RollbackRequest } from '#model/ports.ts';
import { nameOf } from './attempt-name.ts';
import { parseRef } from './candidate-ref.ts';
import { labelState, partitionsOf, tableIdsOf, tableVersion, type PartitionState } from './catalog.ts';
import { previousLabel, previousOf } from './keep-previous.ts';
import { MAX_ATTEMPTS, runLabelled, settleLabel } from './labelled.ts';
import { shortHash } from './names.ts';
import { targetOf } from './order-of.ts';
import { placeOfKey, type Place } from './place.ts';
import { ALREADY_PUBLISHED, failure, PUBLISHED, retryable, type PublicationOrder } from './publication.ts';
import { placeOf, pointersOf, pointerTo } from './publish-by-pointer.ts';
import { concludeSwap, publishBySwap, tableIdOf } from './publish-by-swap.ts';
import type { Session } from './session.ts';
import { insertOverwrite, setPointer } from './statements.ts';
import type { Target } from './target.ts';

const labelFor =
  (token: string) =>
  (attempt: number): string =>
    `assay_rollback_${shortHash(token)}_${attempt}`;

/** Puts back what was served before, by the way in which it was kept. Throws PlaceFault, StarRocksError. */
export async function rollback(
  session: Session,
  request: RollbackRequest,
  mayBegin: () => boolean,
): Promise<PublishOutcome> {
  const target = targetOf(request.target);
  const place = await placeOfKey(session, target, request.partition);
  if (place.by === 'swap') return rollbackSwap(session, target, request, mayBegin);
  const statement =
    place.by === 'pointer'
      ? pointerStatement(target, place, request)
      : await copyStatement(session, target, place);
  if (statement === null)
    return failure(`Nothing is kept to roll ${request.target} ${request.partition} back to.`);
  if (!mayBegin()) return retryable('The time in which it may begin is over.');
  const { database } = target.table;
  const ran = await runLabelled(session, database, labelFor(request.token), statement);
  if (ran.status === 'done') return PUBLISHED;
  return ran.status === 'doubt' ? retryable(ran.reason) : failure(ran.reason);
}

/** Whether a rollback took effect; if not it never will. */
export async function concludeRollback(session: Session, request: ConcludeRequest): Promise<Conclusion> {
  const target = targetOf(request.target);
  const place = await placeOfKey(session, target, request.partition);
  if (place.by === 'swap') return concludeSwapBack(session, target, request);
  const { database } = target.table;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const label = labelFor(request.token)(attempt);
    const state = await labelState(session, database, label);
    if (state === 'done') return { status: 'published' };
    if (state === 'taken') continue;
    if (state === 'running' || !request.over) return retryable('The load is still running.');
    const settled = await settleLabel(session, database, label);
    if (settled === 'running') return retryable('The load is still running.');
    return { status: settled === 'done' ? 'published' : 'never' };
  }
  return { status: 'never' };
}

/** Overwrites the partition by its kept copy, unless that is a copy of what is served now. */
async function copyStatement(
  session: Session,
  { table }: Target,
  { partition }: Place,
): Promise<((label: string) => string) | null> {
  const previous = previousOf(table);
  const name = partition?.name ?? previous.table;
  const kept = (await partitionsOf(session, previous)).find((one) => !one.temporary && one.name === name);
  const served = (await partitionsOf(session, table)).find(
    (one) => !one.temporary && one.name === (partition?.name ?? table.table),
  );
  if (!kept || kept.version === '1' || !served || (await isCopyOf(session, table.database, served)))
    return null;
  return (label) =>
    partition === null
      ? insertOverwrite({ table }, label, { table: previous })
      : insertOverwrite({ table, partition: name }, label, { table: previous, partition: name });
}

/** A later publication that failed has copied what is served: then nothing older is left. */
async function isCopyOf(session: Session, database: string, served: PartitionState): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const state = await labelState(session, database, previousLabel(served, attempt));
    if (state === 'done') return true;
    if (state === 'unknown') return false;
  }
  return false;
}

function pointerStatement(
  { table }: Target,
  { partition }: Place,
  { undoes }: RollbackRequest,
): ((label: string) => string) | null {
  const before = parseRef(undoes?.before?.ref ?? '');
  if (before === null) return null;
  const place = placeOf({ target: table, partition });
  return (label) => setPointer(pointersOf(table), label, place, pointerTo({ ...before, version: '' }));
}

/** The table that a publication by swap took out, under the name that it got from the publication's token. */
function swappedOut(ids: ReadonlyMap<string, string>, tokens: readonly string[], not: string): string | null {
  const pattern = new RegExp(`__assay_(?:${tokens.map(shortHash).join('|')})_\\d+$`);
  for (const [name, id] of ids) if (id !== not && pattern.test(name)) return name;
  return null;
}

async function rollbackSwap(
  session: Session,
  { table }: Target,
  { token, undoes }: RollbackRequest,
  mayBegin: () => boolean,
): Promise<PublishOutcome> {
  if (undoes === undefined) return failure(`Nothing is kept to roll ${table.table} back to.`);
  const ids = await tableIdsOf(session, table.database);
  const published = tableIdOf(undoes.candidate.version);
  if (ids.get(table.table) !== published) {
    const aside = nameOf(ids, published) ?? '';
    return new RegExp(`__assay_${shortHash(token)}_\\d+$`).test(aside)
      ? ALREADY_PUBLISHED
      : failure(`${table.table} is not what Assay published any more; nothing was put back.`);
  }
  const name = swappedOut(ids, [undoes.token, token], published);
  const old = name === null ? null : { database: table.database, table: name };
  const version = old === null ? null : await tableVersion(session, old);
  if (old === null || version === null) return failure(`Nothing is kept to roll ${table.table} back to.`);
  return publishBySwap(session, {
    ...orderFor(token, table),
    candidate: { table: old, partition: null, version },
    mayBegin,
  });
}

async function concludeSwapBack(
  session: Session,
  { table }: Target,
  { token, undoes, over }: ConcludeRequest,
): Promise<Conclusion> {
  if (undoes === null) return { status: 'never' };
  const ids = await tableIdsOf(session, table.database);
  const published = tableIdOf(undoes.candidate.version);
  if (ids.get(table.table) !== published) return { status: 'published' };
  if (!over) return retryable('It may still be under way.');
  const name = swappedOut(ids, [undoes.token, token], published);
  if (name === null) return { status: 'never' };
  const candidate = {
    table: { database: table.database, table: name },
    partition: null,
    version: ids.get(name) ?? '',
  };
  return concludeSwap(session, { ...orderFor(token, table), candidate, mayBegin: () => false });
}

const orderFor = (
  token: string,
  target: PublicationOrder['target'],
): Omit<PublicationOrder, 'candidate' | 'mayBegin'> => ({ token, target, partition: null });
