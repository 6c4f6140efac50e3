import type { ContractDocument } from '#model/contract.ts';
import type { Json } from '#model/json.ts';
import type { ContractFile } from './contract-file.ts';
import { compareServers } from './servers.ts';
import { compareService } from './service.ts';
import { isBlank, pointerPart, type ChangeList, type Place } from './change-list.ts';
import { sorted } from './meaning.ts';
import { isSame } from './value-key.ts';

/** Compares what two files say once for all their datasets (B9, B10, B12, B17, B18, B19). */
export function compareDocuments(list: ChangeList, before: ContractFile, after: ContractFile): void {
  const place: Place = {
    path: '/document',
    dataset: null,
    column: null,
    name: 'the contract',
    position: { line: 1, column: 1 },
  };
  const [was, is] = [before.document, after.document];
  compareStatus(list, place, was.status, is.status);
  compareServers(list, place, was.servers, is.servers);
  compareService(list, place, was, is);
  compareRoles(list, place, was, is);
  comparePeople(list, place, before, after);
  for (const at of [
    'apiVersion',
    'dialect',
    'id',
    'name',
    'domain',
    'tenant',
    'dataProduct',
    'createdAt',
  ] as const)
    list.compare(place, at, was[at], is[at]);
  list.compare(place, 'tags', sorted(was.tags), sorted(is.tags));
  list.compare(place, 'purpose', was.about.purpose, is.about.purpose);
  list.compare(place, 'limitations', was.about.limitations, is.about.limitations);
  list.compare(place, 'usage', was.about.usage, is.about.usage);
  list.compare(place, 'price', was.price, is.price);
  list.compare(place, 'carried', was.carried, is.carried);
}

/** How far a contract is along its life; readers may rely on `active`. */
const LIFE = ['proposed', 'draft', 'active', 'deprecated', 'retired'];

/** B17. */
function compareStatus(list: ChangeList, place: Place, before: string | null, after: string | null): void {
  if (before === after) return;
  const is = after?.toLowerCase() ?? '';
  const wasActive = ['active', 'deprecated'].includes(before?.toLowerCase() ?? '');
  const breaks = is === 'retired' || (wasActive && !['active', 'deprecated'].includes(is));
  const told = is === 'deprecated' || (before?.toLowerCase() === 'deprecated' && is === 'active');
  list.add(place, {
    rule: 'B17',
    class: breaks ? 'MAJOR' : told ? 'MINOR' : 'PATCH',
    at: 'status',
    before,
    after,
    message: `The status changes from ${before ?? 'none'} to ${after ?? 'none'}${LIFE.includes(is) || after === null ? '' : ', a word of your own'}`,
    mend: breaks
      ? 'Raise the major version, after the notice period of a deprecation.'
      : is === 'deprecated'
        ? 'Raise the minor version, and state endOfLife so that readers know how long they have.'
        : 'Raise the version.',
    notice: is === 'deprecated' ? 'consumers, with a notice period' : null,
  });
}

/** B12 for readers: who may read, and who allows it. */
function compareRoles(
  list: ChangeList,
  place: Place,
  before: ContractDocument,
  after: ContractDocument,
): void {
  const [was, is] = [rolesOf(before), rolesOf(after)];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(name) ?? null, is.get(name) ?? null];
    if (isSame(old, now)) continue;
    list.add(place, {
      rule: 'B12',
      class: 'MAJOR',
      at: `roles/${pointerPart(name)}`,
      before: old,
      after: now,
      notice: 'compliance',
      message: `The role ${name} is ${old === null ? 'added: what it covers now needs it' : now === null ? 'removed: who had it loses access' : 'changed in its access or approvers'}`,
      mend: 'Tell the readers which rights they need, and raise the major version.',
    });
  }
}

function rolesOf({ roles }: ContractDocument): ReadonlyMap<string, Json> {
  return new Map(
    roles.map(({ role, access, firstLevelApprovers, secondLevelApprovers }) => [
      role,
      { access, firstLevelApprovers, secondLevelApprovers },
    ]),
  );
}

/** B18: no reader breaks, but somebody must be left to ask and to wake. */
function comparePeople(list: ChangeList, place: Place, before: ContractFile, after: ContractFile): void {
  const [was, is] = [before.document, after.document];
  const [owner, newOwner] = [ownerOf(before), ownerOf(after)];
  const lost = is.support.length === 0 && was.support.length > 0;
  const nobody = !isBlank(owner) && isBlank(newOwner) && is.support.length === 0;
  const add = (at: string, old: Json, now: Json, alarm: boolean): void => {
    if (isSame(old, now)) return;
    list.add(place, {
      rule: 'B18',
      class: 'PATCH',
      at,
      before: old,
      after: now,
      message: `The ${at} ${isBlank(now) ? 'is no longer stated' : 'changes'}${alarm ? ': nobody is left to be told when the data is wrong' : ''}`,
      mend: alarm ? 'State an owner or a support channel that somebody reads.' : 'Raise the patch version.',
      notice: alarm ? 'the on-call route is empty' : null,
    });
  };
  add('owner', owner, newOwner, nobody);
  add('team', teamOf(was), teamOf(is), false);
  add('support', was.support.map(plain), is.support.map(plain), lost);
}

/** An ODCS file has one for all its datasets. */
function ownerOf({ contracts }: ContractFile): string {
  return contracts[0]?.owner ?? '';
}

function teamOf({ team }: ContractDocument): Json {
  return team && { name: team.name, members: team.members.map(plain), carried: team.carried };
}

/** A flat record of the model is a JSON object. */
function plain<T extends { readonly [K in keyof T]: Json }>(record: T): Json {
  return { ...record };
}
