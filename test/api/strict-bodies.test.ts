import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { Type } from 'typebox';
import { strictBodies } from '#api/strict-bodies.ts';

test('a body is taken as it is, a query is read as text, and a format is held to', async (t) => {
  const app = Fastify();
  strictBodies(app);
  const body = Type.Object({ n: Type.Optional(Type.Number()) }, { additionalProperties: false });
  const querystring = Type.Object({
    limit: Type.Optional(Type.Integer()),
    cursor: Type.Optional(Type.String({ format: 'uuid' })),
  });
  app.post('/', { schema: { body, querystring } }, (request) => request.query);
  t.after(() => app.close());
  const ask = async (url: string, payload: object): Promise<number> =>
    (await app.inject({ method: 'POST', url, payload })).statusCode;
  assert.equal(await ask('/?limit=7&cursor=018cc251-f400-717f-9d98-c0f82845ea48', { n: 1 }), 200);
  assert.equal(await ask('/', { n: '1' }), 400);
  assert.equal(await ask('/', { m: 1 }), 400);
  assert.equal(await ask('/?limit=x', {}), 400);
  assert.equal(await ask('/?cursor=x', {}), 400);
});
