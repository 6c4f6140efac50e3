import type { ContractDocument } from '#model/contract.ts';
import type { ContractTeam, SlaProperty } from '#model/contract-document.ts';
import type { Json, JsonObject } from '#model/json.ts';

import { stated } from './extras.ts';

/** The keys of ODCS that stand once in a file, from the model alone. */
export function printDocumentFields(document: ContractDocument): JsonObject {
  const about = stated({ ...document.about });
  return {
    apiVersion: document.apiVersion,
    kind: 'DataContract',
    ...stated({
      id: document.id,
      name: document.name,
      version: document.version,
      status: document.status,
      domain: document.domain,
      tenant: document.tenant,
      dataProduct: document.dataProduct,
      tags: document.tags,
      ...(Object.keys(about).length > 0 && { description: about }),
      servers: document.servers.map(({ stated: server }) => server),
      team: document.team === null ? null : printTeam(document.team),
      roles: document.roles.map(({ carried, ...role }) => ({ ...stated(role), ...carried })),
      support: document.support.map(({ carried, ...channel }) => ({ ...stated(channel), ...carried })),
      slaProperties: document.sla.map(printSla),
      price: document.price,
      contractCreatedTs: document.createdAt,
    }),
  };
}

function printTeam({ name, members, carried, form }: ContractTeam): Json {
  const list = members.map(({ carried: more, ...member }) => ({ ...stated(member), ...more }));
  if (form === 'list') return list;
  return { ...stated({ name, members: list }), ...carried };
}

function printSla(sla: SlaProperty): JsonObject {
  const { property, value, valueExt, unit, element, driver, schedule, scheduler } = sla;
  return {
    property,
    value,
    ...stated({ valueExt, unit, element, driver, schedule, scheduler }),
    ...sla.carried,
  };
}
