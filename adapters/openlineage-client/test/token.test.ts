import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';

import type { HttpTransportConfig } from '../src/index.ts';
import { OpenLineageClient } from '../src/index.ts';
import type { TokenRequest } from '../src/transport/fetched-token.ts';
import { fetchedToken } from '../src/transport/fetched-token.ts';
import { isolated, someEvent } from './fixtures.ts';
import type { Answer, Received } from './receiver.ts';
import { startReceiver } from './receiver.ts';

function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body) };
}

function form({ body }: Received): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}

/** A JSON Web Token that ends at a time in seconds; its signature is never read here. */
function jwt(exp: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp })}.sig`;
}

/** A provider with a clock that the test turns. */
async function provider(t: TestContext, answers: readonly Answer[], more: Partial<TokenRequest> = {}) {
  const { url, received } = await startReceiver(t, answers);
  const clock = { seconds: 1_000_000 };
  const token = fetchedToken(
    {
      endpoint: new URL(`${url}/token?tenant=SECRET`),
      form: { apikey: 'SECRET' },
      tokenFields: ['token', 'access_token'],
      expiresInField: 'expires_in',
      refreshBuffer: 120,
      ...more,
    },
    () => clock.seconds,
  );
  return { token, received, clock, url };
}

async function emitting(
  t: TestContext,
  auth: NonNullable<HttpTransportConfig['auth']>,
  answers: readonly Answer[] = [],
) {
  const { url, received } = await startReceiver(t, answers);
  const client = new OpenLineageClient({
    ...isolated(t),
    strict: true,
    transport: { type: 'http', url, auth, retry: { backoff_factor: 0.001 } },
  });
  t.after(() => client.close(0));
  return { client, received };
}

suite('fetched tokens', () => {
  test('are kept until 120 seconds before their end', async (t) => {
    const { token, received, clock } = await provider(t, [
      json(200, { token: 'one', expires_in: 3600 }),
      json(200, { access_token: 'two', expires_in: '3600' }),
    ]);
    assert.equal(await token(), 'one');
    clock.seconds += 3479;
    assert.equal(await token(), 'one');
    clock.seconds += 1;
    assert.equal(await token(), 'two');
    assert.equal(received.length, 2);
  });

  test('that are shorter than that are kept for half of their validity', async (t) => {
    const { token, received, clock } = await provider(t, [
      json(200, { token: 'one', expiresIn: 60 }),
      json(200, { token: 'two', EXPIRES_IN: 60 }),
    ]);
    await token();
    clock.seconds += 29;
    assert.equal(await token(), 'one');
    clock.seconds += 1;
    assert.equal(await token(), 'two');
    assert.equal(received.length, 2);
  });

  test('that are JWTs say their end themselves', async (t) => {
    const first = jwt(1_000_000 + 1000);
    const { token, clock } = await provider(t, [json(200, { token: first }), json(200, { token: 'two' })]);
    assert.equal(await token(), first);
    clock.seconds += 879;
    assert.equal(await token(), first);
    clock.seconds += 1;
    assert.equal(await token(), 'two');
  });

  test('are fetched once for all who wait, and anew when one was rejected', async (t) => {
    const { token, received } = await provider(t, [
      json(200, { token: 'one', expires_in: 3600 }),
      json(200, { token: 'two', expires_in: 3600 }),
    ]);
    assert.deepEqual(await Promise.all([token(), token(), token()]), ['one', 'one', 'one']);
    assert.equal(received.length, 1);
    assert.equal(await token('one'), 'two');
    assert.equal(await token('one'), 'two');
    assert.equal(received.length, 2);
  });

  const failures: readonly (readonly [answer: Answer, message: RegExp, retryable: boolean])[] = [
    [
      json(401, { error: 'invalid_client', error_description: 'SECRET' }),
      /: status 401, invalid_client$/,
      false,
    ],
    [{ status: 503, body: 'SECRET' }, /: status 503$/, true],
    ['reset', /: ECONNRESET$/, true],
    [json(200, { key: 'SECRET' }), /: the answer has no token or access_token$/, false],
    [{ status: 200, body: 'SECRET' }, /: the answer has no token or access_token$/, false],
  ];
  for (const [answer, message, retryable] of failures) {
    test(`that cannot be had are an error without secrets: ${message.source}`, async (t) => {
      const { token, url } = await provider(t, [answer]);
      await assert.rejects(Promise.resolve(token()), (error: Error & { retryable?: boolean }) => {
        assert.ok(error.message.startsWith(`no token from ${url}/token: `), error.message);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /SECRET/);
        assert.equal(error.retryable, retryable);
        return true;
      });
    });
  }
});

suite('token providers', () => {
  test('jwt posts the key as a form, as the Python client does', async (t) => {
    const authority = await startReceiver(t, [json(200, { access_token: 'T', expires_in: 3600 })]);
    const { client, received } = await emitting(t, {
      type: 'jwt',
      apiKey: 'K&K',
      tokenEndpoint: `${authority.url}/token`,
    });
    await client.emit(someEvent());
    await client.emit(someEvent());
    const [request] = authority.received;
    assert.ok(request);
    assert.equal(authority.received.length, 1);
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.deepEqual(form(request), {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      response_type: 'token',
      apikey: 'K&K',
    });
    assert.deepEqual(
      received.map(({ headers }) => headers.authorization),
      ['Bearer T', 'Bearer T'],
    );
  });

  test('jwt takes grant, response type and field names of other authorities', async (t) => {
    const authority = await startReceiver(t, [json(200, { id_token: 'T', lifetime: 60 })]);
    const { client, received } = await emitting(t, {
      type: 'jwt',
      apiKey: 'K',
      tokenEndpoint: authority.url,
      grantType: 'urn:ibm:params:oauth:grant-type:apikey',
      responseType: 'cloud_iam',
      tokenFields: ['id_token'],
      expiresInField: 'lifetime',
    });
    await client.emit(someEvent());
    assert.equal(form(authority.received[0] as Received)['response_type'], 'cloud_iam');
    assert.equal(received[0]?.headers.authorization, 'Bearer T');
  });

  test('oauth2 takes the client by HTTP Basic, or in the form', async (t) => {
    const authority = await startReceiver(t, [
      json(200, { access_token: 'A', expires_in: 3600 }),
      json(200, { access_token: 'B', expires_in: 3600 }),
    ]);
    const auth = {
      type: 'oauth2',
      tokenEndpoint: authority.url,
      clientId: 'me:1',
      clientSecret: 's p',
      scope: 'lineage.write',
    } as const;
    const basic = await emitting(t, auth);
    await basic.client.emit(someEvent());
    const post = await emitting(t, { ...auth, clientAuth: 'post', audience: 'assay' });
    await post.client.emit(someEvent());
    const [first, second] = authority.received;
    assert.ok(first && second);
    assert.equal(first.headers.authorization, `Basic ${Buffer.from('me%3A1:s+p').toString('base64')}`);
    assert.deepEqual(form(first), { grant_type: 'client_credentials', scope: 'lineage.write' });
    assert.equal(second.headers.authorization, undefined);
    assert.deepEqual(form(second), {
      grant_type: 'client_credentials',
      client_id: 'me:1',
      client_secret: 's p',
      scope: 'lineage.write',
      audience: 'assay',
    });
    assert.equal(basic.received[0]?.headers.authorization, 'Bearer A');
    assert.equal(post.received[0]?.headers.authorization, 'Bearer B');
  });

  test('a token that the server no longer knows is replaced once, without a retry', async (t) => {
    const authority = await startReceiver(t, [
      json(200, { token: 'old', expires_in: 3600 }),
      json(200, { token: 'new', expires_in: 3600 }),
    ]);
    const { client, received } = await emitting(
      t,
      { type: 'jwt', apiKey: 'K', tokenEndpoint: authority.url },
      [{ status: 401 }],
    );
    await client.emit(someEvent());
    assert.deepEqual(
      received.map(({ headers }) => headers.authorization),
      ['Bearer old', 'Bearer new'],
    );
  });

  test('an api key that is refused is not sent again', async (t) => {
    const { client, received } = await emitting(t, { type: 'api_key', apiKey: 'K' }, [{ status: 401 }]);
    await assert.rejects(client.emit(someEvent()), /failed: status 401$/);
    assert.equal(received.length, 1);
  });

  test('an authority that is down for a moment is asked again', async (t) => {
    const authority = await startReceiver(t, [
      { status: 503 },
      'reset',
      json(200, { token: 'T', expires_in: 3600 }),
    ]);
    const { client, received } = await emitting(t, {
      type: 'jwt',
      apiKey: 'K',
      tokenEndpoint: authority.url,
    });
    await client.emit(someEvent());
    assert.equal(authority.received.length, 3);
    assert.equal(received.length, 1);
  });

  test('an authority that refuses is named', async (t) => {
    const authority = await startReceiver(t, [json(400, { error: 'invalid_scope' })]);
    const { client, received } = await emitting(t, {
      type: 'oauth2',
      tokenEndpoint: authority.url,
      clientId: 'me',
      clientSecret: 'SECRET',
    });
    await assert.rejects(client.emit(someEvent()), {
      name: 'EmitError',
      message: /failed: no token from http:\S+\/: status 400, invalid_scope$/,
    });
    assert.equal(received.length, 0);
  });

  test('a provider of your own is named in code and configured like the others', async (t) => {
    const { url, received } = await startReceiver(t);
    const client = new OpenLineageClient({
      ...isolated(t, {
        OPENLINEAGE__TRANSPORT__TYPE: 'http',
        OPENLINEAGE__TRANSPORT__URL: url,
        OPENLINEAGE__TRANSPORT__AUTH: '{"type": "vault", "role": "etl"}',
      }),
      strict: true,
      tokenProviders: { vault: (settings) => async () => `of-${settings.requiredString('role')}` },
    });
    await client.emit(someEvent());
    assert.equal(received[0]?.headers.authorization, 'Bearer of-etl');
    await client.close();
  });

  test('a provider that throws is an error that says so', async (t) => {
    const { client } = await emitting(t, () => Promise.reject(new Error('no vault')));
    await assert.rejects(client.emit(someEvent()), /failed: the token provider failed: no vault$/);
  });
});
