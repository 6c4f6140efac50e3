import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { contractOrNull } from '#gate/contracts.ts';
import { publishTarget, warehouseNamed, type GateServices } from '#gate/services.ts';
import { activeContracts, type ContractRow } from '#store/contracts.ts';

const Target = Type.Object({
  /** <warehouse>:<table> */
  target: Type.String(),
  state: Type.Union([Type.Literal('enforced'), Type.Literal('advisory'), Type.Literal('unknown')]),
  detail: Type.String(),
  /** The statement that takes the right away from the others. */
  mend: Type.Union([Type.String(), Type.Null()]),
  /** Who else may write it. */
  writers: Type.Array(Type.String()),
  /** Accounts that no grant binds; they are not among the writers. */
  superusers: Type.Array(Type.String()),
});
export type EnforcementTarget = Static<typeof Target>;

const MOST_CONTRACTS = 500;

/** GET /api/v2/enforcement: for each gold table, whether anyone but Assay may write it. A gate that can be walked around only advises. */
export function registerEnforcement(app: FastifyInstance, services: GateServices): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/enforcement',
      { schema: { response: { 200: Type.Object({ targets: Type.Array(Target) }) } } },
      async () => {
        const rows = await services.database.rows<ContractRow>(activeContracts(MOST_CONTRACTS, null));
        const targets = new Set(
          rows.flatMap((row) => {
            const target = contractOrNull(row)?.gate.publishTo ?? null;
            return target === null ? [] : [target];
          }),
        );
        return { targets: await Promise.all([...targets].sort().map((target) => examine(services, target))) };
      },
    );
}

async function examine(services: GateServices, publishTo: string): Promise<EnforcementTarget> {
  const { warehouse, target } = publishTarget(publishTo);
  const outcome = await warehouseNamed(services, warehouse).enforcement(target);
  if (outcome.status !== 'success')
    return {
      target: publishTo,
      state: 'unknown',
      detail: outcome.reason,
      mend: null,
      writers: [],
      superusers: [],
    };
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
