import { Type, type Static, type TSchema } from 'typebox';

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** One thing that was looked at. */
export const Examination = Type.Object({
  subject: Type.String(),
  state: Type.Union([
    Type.Literal('fine'),
    Type.Literal('warning'),
    Type.Literal('bad'),
    Type.Literal('unknown'),
  ]),
  finding: Type.String(),
  /** Statements that mend it, where there are any. */
  mend: nullable(Type.String()),
});
export type Examination = Static<typeof Examination>;

/** Whether anybody but Assay may write a gold table. */
export const EnforcementTarget = Type.Object({
  /** <warehouse>:<table> */
  target: Type.String(),
  state: Type.Union([Type.Literal('enforced'), Type.Literal('advisory'), Type.Literal('unknown')]),
  detail: Type.String(),
  /** The statement that takes the right away from the others. */
  mend: nullable(Type.String()),
  /** Who else may write it. */
  writers: Type.Array(Type.String()),
  /** Accounts that no grant binds; they are not among the writers. */
  superusers: Type.Array(Type.String()),
});
export type EnforcementTarget = Static<typeof EnforcementTarget>;

export const DoctorAnswer = Type.Object({
  /** When it was looked at, ISO 8601 in UTC: an answer holds for some seconds. */
  examinedAt: Type.String(),
  /** Of the installation and the server. */
  examinations: Type.Array(Examination),
  /** Of each gold table. */
  targets: Type.Array(EnforcementTarget),
});
export type DoctorAnswer = Static<typeof DoctorAnswer>;
