import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { isUuid, type Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import { putImportPosition, readImportPosition, type ImportPosition } from '#store/import-positions.ts';
import { Problem } from '#collector/problems.ts';
import { strictBodies } from './strict-bodies.ts';

const text = Type.String({ maxLength: 4096, pattern: '^[^\\u0000]*$' });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** How far `assay import` has read a file. */
export const ImportPositionBody = Type.Object(
  {
    machine: text,
    path: text,
    /** Bytes after decompression; of a folder the time of its newest file, in milliseconds since 1970. */
    position: count,
    lines: count,
    /** SHA-256 of the bytes just before the position. */
    fingerprint: text,
    events: count,
    rejected: count,
  },
  { additionalProperties: false },
);
export type ImportPositionBody = Static<typeof ImportPositionBody>;

const Params = Type.Object({ id: Type.String() });

/** GET and PUT /api/v2/imports/{id}: where an import goes on. Kept beside the events, so that it never says more than they do. */
export function registerImports(app: FastifyInstance, { database }: { readonly database: Database }): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    registerRoutes(scope, database);
  });
}

function registerRoutes(app: FastifyInstance, database: Database): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  routes.get(
    '/api/v2/imports/:id',
    { schema: { params: Params, response: { 200: ImportPositionBody } } },
    async ({ params }) => {
      const [row] = await database.rows<ImportPosition>(readImportPosition(uuid(params.id)));
      if (!row) throw new Problem('not_found', `No import has the id ${params.id}.`);
      return row;
    },
  );
  routes.put(
    '/api/v2/imports/:id',
    { schema: { params: Params, body: ImportPositionBody, response: { 200: ImportPositionBody } } },
    async ({ params, body }) => {
      await database.execute(putImportPosition({ id: uuid(params.id), ...body }, new Date()));
      return body;
    },
  );
}

function uuid(id: string): Uuid {
  if (isUuid(id)) return id.toLowerCase();
  throw new Problem('invalid_request', 'The id of an import is a UUID.');
}
