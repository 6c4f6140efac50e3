import type { ContractServer } from '#model/contract-document.ts';
import type { JsonObject } from '#model/json.ts';
import type { ChangeList, Place } from './change-list.ts';
import { pointerPart } from './change-list.ts';
import { isSame, valueKey } from './value-key.ts';

/** What a server states besides where it is. */
const TALK = [
  'id',
  'server',
  'description',
  'environment',
  'roles',
  'customProperties',
  'authoritativeDefinitions',
];

/** B9: where the servers of the contract are. A place that another server still names is published twice. */
export function compareServers(
  list: ChangeList,
  place: Place,
  before: readonly ContractServer[],
  after: readonly ContractServer[],
): void {
  const places = new Set(after.map((server) => valueKey(locationOf(server))));
  const was = new Map(before.map((server) => [server.server, server]));
  for (const old of before) {
    const is = after.find(({ server }) => server === old.server) ?? null;
    if (is !== null && isSame(locationOf(old), locationOf(is))) {
      list.compare(place, `servers/${pointerPart(old.server)}`, talkOf(old), talkOf(is));
      continue;
    }
    const kept = places.has(valueKey(locationOf(old)));
    list.add(place, {
      rule: 'B9',
      class: kept ? 'MINOR' : 'MAJOR',
      at: `servers/${pointerPart(old.server)}`,
      before: locationOf(old),
      after: is && locationOf(is),
      message: `The server ${old.server} ${is === null ? 'is gone' : `moves (${differences(old, is)})`}${kept ? ', its old place stays under another name' : ''}`,
      mend: kept
        ? 'Raise the minor version.'
        : 'Publish to both places until nobody reads the old one (state both servers), or raise the major version.',
    });
  }
  for (const is of after)
    if (!was.has(is.server))
      list.add(place, {
        rule: 'B9',
        class: 'MINOR',
        at: `servers/${pointerPart(is.server)}`,
        after: locationOf(is),
        message: `The server ${is.server} is added`,
        mend: 'Raise the minor version.',
      });
}

function locationOf({ stated }: ContractServer): JsonObject {
  return Object.fromEntries(Object.entries(stated).filter(([key]) => !TALK.includes(key)));
}

function talkOf({ stated }: ContractServer): JsonObject {
  return Object.fromEntries(Object.entries(stated).filter(([key]) => TALK.includes(key)));
}

/** Names only: an address may hold what a report should not. */
function differences(before: ContractServer, after: ContractServer): string {
  const [was, is] = [locationOf(before), locationOf(after)];
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].filter((key) => !isSame(was[key], is[key])).join(', ');
}
