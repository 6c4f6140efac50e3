import type { ContractDocument } from '#model/contract.ts';
import type { ContractTeam, TeamMember } from '#model/contract-document.ts';
import type { JsonObject } from '#model/json.ts';

import {
  mapAt,
  mapsAt,
  plainMap,
  plainRest,
  textAt,
  textsAt,
  valueAt,
  type Located,
  type LocatedMap,
} from '../located.ts';
import { extrasOf } from './extras.ts';
import { leftover } from './leftover.ts';
import { printDocumentFields } from './print-document.ts';
import { readSla } from './read-sla.ts';

const STRUCTURAL = ['schema', 'kind'] as const;

/** Reads what a file, whose shape has been checked, says once for all its datasets. */
export function readDocument(root: LocatedMap): ContractDocument {
  const about = mapAt(root, 'description');
  const extras = extrasOf(root);
  const generated = extras === null ? [] : textsAt(extras, 'generated');
  const own = (key: string): string | null => (generated.includes(key) ? null : textAt(root, key));
  const price = valueAt(root, 'price');
  const document: ContractDocument = {
    dialect: 'odcs',
    apiVersion: textAt(root, 'apiVersion'),
    version: textAt(root, 'version') ?? '',
    id: own('id'),
    status: own('status'),
    name: own('name'),
    domain: textAt(root, 'domain'),
    tenant: textAt(root, 'tenant'),
    dataProduct: textAt(root, 'dataProduct'),
    tags: textsAt(root, 'tags'),
    about: {
      purpose: about && textAt(about, 'purpose'),
      limitations: about && textAt(about, 'limitations'),
      usage: about && textAt(about, 'usage'),
    },
    servers: mapsAt(root, 'servers').map((server) => ({
      server: textAt(server, 'server') ?? '',
      type: textAt(server, 'type') ?? '',
      environment: textAt(server, 'environment'),
      stated: plainMap(server),
    })),
    team: readTeam(valueAt(root, 'team')),
    support: mapsAt(root, 'support').map((channel) => ({
      channel: textAt(channel, 'channel') ?? '',
      tool: textAt(channel, 'tool'),
      scope: textAt(channel, 'scope'),
      url: textAt(channel, 'url'),
      carried: plainRest(channel, ['channel', 'tool', 'scope', 'url']),
    })),
    roles: mapsAt(root, 'roles').map((role) => ({
      role: textAt(role, 'role') ?? '',
      access: textAt(role, 'access'),
      firstLevelApprovers: textAt(role, 'firstLevelApprovers'),
      secondLevelApprovers: textAt(role, 'secondLevelApprovers'),
      carried: plainRest(role, ['role', 'access', 'firstLevelApprovers', 'secondLevelApprovers']),
    })),
    sla: mapsAt(root, 'slaProperties').map(readSla),
    price: price?.kind === 'map' ? plainMap(price) : null,
    createdAt: textAt(root, 'contractCreatedTs'),
    carried: {},
  };
  return { ...document, carried: leftoverOf(root, document) };
}

function leftoverOf(root: LocatedMap, document: ContractDocument): JsonObject {
  return leftover(plainMap(root), printDocumentFields(document), STRUCTURAL);
}

const MEMBER_KEYS = ['username', 'role', 'dateIn', 'dateOut'] as const;

function readTeam(team: Located | null): ContractTeam | null {
  if (team?.kind === 'list')
    return {
      name: null,
      members: team.items.flatMap((item) => (item.kind === 'map' ? [readMember(item)] : [])),
      carried: {},
      form: 'list',
    };
  if (team?.kind !== 'map') return null;
  return {
    name: textAt(team, 'name'),
    members: mapsAt(team, 'members').map(readMember),
    carried: plainRest(team, ['name', 'members']),
    form: 'object',
  };
}

function readMember(member: LocatedMap): TeamMember {
  return {
    username: textAt(member, 'username') ?? '',
    role: textAt(member, 'role'),
    dateIn: textAt(member, 'dateIn'),
    dateOut: textAt(member, 'dateOut'),
    carried: plainRest(member, MEMBER_KEYS),
  };
}

/** Who is asked about the data: the owner in the team, the team, or the first support channel; '' for nobody. */
export function ownerOf({ team, support }: ContractDocument): string {
  const present = team?.members.filter(({ dateOut }) => dateOut === null) ?? [];
  const owner = present.find(({ role }) => role !== null && /\bowner\b/i.test(role));
  return owner?.username ?? team?.name ?? support[0]?.channel ?? present[0]?.username ?? '';
}
