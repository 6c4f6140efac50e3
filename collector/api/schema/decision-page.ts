import { Type, type Static, type TSchema } from 'typebox';
import { EvaluationAnswer, PublicationAnswer, WaiverAnswer } from './gates.ts';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** One decision with all that somebody needs who was sent to it. */
export const DecisionPageAnswer = Type.Object({
  evaluation: EvaluationAnswer,
  /** Of the contract that it was judged by. */
  owner: nullable(Type.String()),
  /** The partition's newest evaluation, when it is another: that one counts. */
  newerEvaluationId: nullable(Type.String()),
  /** What is served of the partition now, by Assay's ledger. */
  serving: nullable(PublicationAnswer),
  /** Asked for this partition or for any, the latest first; approved or not, also those that ended. */
  waivers: Type.Array(
    Type.Object({
      ...WaiverAnswer.properties,
      requestedAt: Type.String(),
      /** waits, in_force, over */
      state: Type.String(),
    }),
  ),
  /** Null when no candidate of the partition waits. */
  waiting: nullable(
    Type.Object({
      since: Type.String(),
      slaSeconds: nullable(Type.Number()),
      overdueSeconds: nullable(Type.Number()),
    }),
  ),
  /** What may be done now, the most likely first. */
  nextSteps: Type.Array(
    Type.Object({ kind: Type.String(), text: Type.String(), command: nullable(Type.String()) }),
  ),
  /** Of the audit log: decisions, waivers and publications of this evaluation, from the first on. */
  acts: Type.Array(
    Type.Object({
      at: Type.String(),
      /** Null: Assay itself. */
      actor: nullable(Type.String()),
      action: Type.String(),
      /** A JSON document. */
      detail: Type.String(),
    }),
  ),
  /** Evaluations of the same partition, this one too, the newest first. */
  evaluations: Type.Array(
    Type.Object({
      evaluationId: Type.String(),
      state: Type.String(),
      decision: nullable(Type.String()),
      candidate: Type.Object({ ref: Type.String(), version: nullable(Type.String()) }),
      rowCount: nullable(Type.Number()),
      requestedBy: nullable(Type.String()),
      requestedAt: Type.String(),
    }),
  ),
});
export type DecisionPageAnswer = Static<typeof DecisionPageAnswer>;
