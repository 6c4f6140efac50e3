import { setTimeout as sleep } from 'node:timers/promises';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { contractOrNull } from '#gate/contracts.ts';
import { publishTarget, warehouseNamed, type GateServices } from '#gate/services.ts';
import { activeContracts, type ContractRow } from '#store/contracts.ts';
import { EnforcementTarget } from './schema/doctor.ts';

const MOST_CONTRACTS = 500;

/** GET /api/v2/enforcement: for each gold table, whether anyone but Assay may write it. A gate that can be walked around only advises. */
export function registerEnforcement(app: FastifyInstance, services: GateServices): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/enforcement',
      { schema: { response: { 200: Type.Object({ targets: Type.Array(EnforcementTarget) }) } } },
      async () => ({ targets: await enforcementTargets(services) }),
    );
}

/**
 * What the grants say of each table that a contract publishes to, by name.
 * @param patience milliseconds that a warehouse may take; unlimited unless told
 */
export async function enforcementTargets(
  services: GateServices,
  patience?: number,
): Promise<EnforcementTarget[]> {
  const rows = await services.database.rows<ContractRow>(activeContracts(MOST_CONTRACTS, null));
  const targets = new Set(
    rows.flatMap((row) => {
      const target = contractOrNull(row)?.gate.publishTo ?? null;
      return target === null ? [] : [target];
    }),
  );
  return Promise.all(
    [...targets].sort().map((target) => {
      const examined = examine(services, target);
      return patience === undefined ? examined : within(patience, target, examined);
    }),
  );
}

/** The answer, or that there was none in time. What comes later is not waited for. */
async function within(
  patience: number,
  target: string,
  examined: Promise<EnforcementTarget>,
): Promise<EnforcementTarget> {
  const stop = new AbortController();
  const late = sleep(patience, undefined, { signal: stop.signal }).then(
    () => unknown(target, `the warehouse did not say within ${patience / 1000} s.`),
    () => unknown(target, 'it was not waited for.'),
  );
  try {
    return await Promise.race([
      examined.catch((error: unknown) =>
        unknown(target, error instanceof Error ? error.message : String(error)),
      ),
      late,
    ]);
  } finally {
    stop.abort();
  }
}

function unknown(target: string, detail: string): EnforcementTarget {
  return { target, state: 'unknown', detail, mend: null, writers: [], superusers: [] };
}

async function examine(services: GateServices, publishTo: string): Promise<EnforcementTarget> {
  const { warehouse, target } = publishTarget(publishTo);
  const outcome = await warehouseNamed(services, warehouse).enforcement(target);
  if (outcome.status !== 'success') return unknown(publishTo, outcome.reason);
  const { enforced, writers, superusers, mend } = outcome.value;
  return {
    target: publishTo,
    state: enforced ? 'enforced' : 'advisory',
    detail: enforced ? 'only Assay may write it.' : `${writers.join(', ')} may write it past the gate.`,
    mend: enforced ? null : mend,
    writers: [...writers],
    superusers: [...superusers],
  };
}
