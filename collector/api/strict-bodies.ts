import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';

/**
 * Bodies are taken as they are: a number is not read as text, and a member that nobody knows is an error
 * and not silently dropped, because it is a misspelt one. Query strings are text, so their numbers are read.
 */
export function strictBodies(app: FastifyInstance): void {
  const body = new Ajv({ allErrors: false, strict: false });
  const text = new Ajv({ allErrors: false, strict: false, coerceTypes: 'array', useDefaults: true });
  // A format that Ajv does not know it lets pass.
  for (const ajv of [body, text]) formats.default(ajv);
  app.setValidatorCompiler(({ schema, httpPart }): ValidateFunction =>
    (httpPart === 'body' ? body : text).compile(schema as object),
  );
}
