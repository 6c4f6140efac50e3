import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { ContractBook } from '#gate/contract-book.ts';
import { readDecisionPage } from '#gate/decision-page.ts';
import type { GateServices } from '#gate/services.ts';
import { notFound } from '#gate/publish.ts';
import { isUuid } from '#model/ids.ts';
import type { WaiverRow } from '#store/waivers.ts';
import { evaluationAnswer, publicationAnswer, waiverAnswer } from './gate-answers.ts';
import { DecisionPageAnswer } from './schema/decision-page.ts';
import { IdParams } from './schema/gates.ts';

/** GET /api/v2/publications/:id, by the id of the evaluation: what the page /publications/:id shows. */
export function addDecisionPage(app: FastifyInstance, services: GateServices): void {
  const book = new ContractBook();
  app.withTypeProvider<TypeBoxTypeProvider>().get('/api/v2/publications/:id', {
    schema: { params: IdParams, response: { 200: DecisionPageAnswer } },
    handler: async ({ params: { id } }): Promise<DecisionPageAnswer> => {
      if (!isUuid(id)) throw notFound(id);
      const now = new Date();
      const page = await readDecisionPage(services, book, id, now);
      return {
        evaluation: evaluationAnswer(page.status),
        owner: page.owner,
        newerEvaluationId: page.newer,
        serving: page.serving && publicationAnswer(page.serving),
        waivers: page.waivers.map((row) => ({
          ...waiverAnswer(row),
          requestedAt: row.requested_at.toISOString(),
          state: stateOf(row, now),
        })),
        waiting: page.waiting && {
          since: page.waiting.waiting_since.toISOString(),
          slaSeconds: page.waiting.slaSeconds,
          overdueSeconds: page.waiting.overdueSeconds,
        },
        nextSteps: page.nextSteps.map((step) => ({ ...step })),
        acts: page.acts.map(({ at, actor, action, detail }) => ({
          at: at.toISOString(),
          actor,
          action,
          detail,
        })),
        evaluations: page.evaluations.map((row) => ({
          evaluationId: row.id,
          state: row.state,
          decision: row.decision,
          candidate: { ref: row.candidate_ref, version: row.candidate_version },
          rowCount: row.row_count,
          requestedBy: row.requested_by,
          requestedAt: row.requested_at.toISOString(),
        })),
      };
    },
  });
}

function stateOf(row: WaiverRow, now: Date): string {
  if (row.expires_at <= now) return 'over';
  return row.approved_by === null ? 'waits' : 'in_force';
}
