import type { Uuid } from '#model/ids.ts';
import type { MeasureCost } from '#model/ports.ts';
import { sql, type Statement } from './sql.ts';

/** Keeps what measuring a candidate took of its warehouse. */
export function putEvaluationCost(id: Uuid, cost: MeasureCost): Statement {
  return sql`update evaluation set cost = ${JSON.stringify(cost)}::jsonb where id = ${id}`.named(
    'put_evaluation_cost',
  );
}

export interface EvaluationCostRow {
  readonly cost: MeasureCost | null;
}

export function evaluationCost(id: Uuid): Statement {
  return sql`select cost from evaluation where id = ${id}`.named('evaluation_cost');
}
