import type { Contract } from '#model/contract.ts';
import type { JsonObject } from '#model/json.ts';

import { stated } from './extras.ts';

/** The keys of a schema object from the model alone, without those that are lists of parts. */
export function printObjectFields(contract: Contract): JsonObject {
  return {
    name: contract.logicalName,
    ...stated({
      physicalName: contract.physicalName,
      physicalType: contract.physicalType,
      description: contract.description,
      tags: contract.tags,
    }),
  };
}
