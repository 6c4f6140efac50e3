import { Type, type Static, type TProperties, type TSchema } from 'typebox';

/** BaseFacet of the core schema (2-0-2): what every facet carries. */
const base = {
  _producer: Type.String({ format: 'uri' }),
  _schemaURL: Type.String({ format: 'uri' }),
};

/** Any facet, known or not. */
export const AnyFacet = Type.Object(base);

/** A facet of a run, or of a dataset as one run read or wrote it. */
export function runFacet<T extends TProperties>(members: T) {
  return Type.Object({ ...base, ...members });
}

/** A facet of a job or dataset: it can be taken back by `_deleted`. */
export function entityFacet<T extends TProperties>(members: T) {
  return Type.Object({ ...base, _deleted: Type.Optional(Type.Boolean()), ...members });
}

/** An object with any keys and values of one type. (Type.Record's pattern would pass over keys with a line break.) */
export function mapOf<T extends TSchema>(values: T) {
  return Type.Unsafe<Readonly<Record<string, Static<T>>>>({ type: 'object', additionalProperties: values });
}

/** An object of which nothing is said. */
export const anyObject = Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' });

export const text = Type.String();
export const optionalText = Type.Optional(Type.String());
export const optionalInteger = Type.Optional(Type.Integer());
export const optionalNumber = Type.Optional(Type.Number());
export const uuid = Type.String({ format: 'uuid' });
export const dateTime = Type.String({ format: 'date-time' });
