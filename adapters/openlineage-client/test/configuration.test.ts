import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';

import type { ClientOptions, RunEvent } from '../src/index.ts';
import { OpenLineageClient, sourceCodeLocationJobFacet } from '../src/index.ts';
import { configFromEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config/load.ts';
import { isolated, recordingLogger, recordingTransport, someEvent } from './fixtures.ts';
import { startReceiver } from './receiver.ts';

function fromEnv(env: Readonly<Record<string, string>>): Record<string, unknown> {
  return configFromEnvironment(env, recordingLogger());
}

suite('environment variables', () => {
  test('nest by two underscores, in lower case', () => {
    assert.deepEqual(
      fromEnv({
        OPENLINEAGE__TRANSPORT__TYPE: 'http',
        OPENLINEAGE__TRANSPORT__URL: 'http://h:4100',
        OPENLINEAGE__TRANSPORT__AUTH__API_KEY: 'K',
        OTHER: 'x',
        OPENLINEAGE_CONFIG: 'y',
      }),
      { transport: { type: 'http', url: 'http://h:4100', auth: { api_key: 'K' } } },
    );
  });

  test('may hold JSON; a section as JSON replaces its parts', () => {
    assert.deepEqual(
      fromEnv({
        OPENLINEAGE__TRANSPORT__AUTH: '{"type":"api_key","apiKey":"K"}',
        OPENLINEAGE__TRANSPORT__AUTH__TYPE: 'jwt',
        OPENLINEAGE__TRANSPORT__AUTH__EXTRA: '1',
        OPENLINEAGE__TRANSPORT__TIMEOUT: '2.5',
        OPENLINEAGE__TRANSPORT__VERIFY: 'false',
      }),
      { transport: { auth: { type: 'api_key', apiKey: 'K' }, timeout: 2.5, verify: false } },
    );
  });

  test('that look like JSON and are not are taken as text, with a warning that does not quote them', () => {
    const logger = recordingLogger();
    const config = configFromEnvironment({ OPENLINEAGE__TRANSPORT__AUTH: '{"apiKey": SECRET}' }, logger);
    assert.deepEqual(config, { transport: { auth: '{"apiKey": SECRET}' } });
    assert.equal(logger.warnings.length, 1);
    assert.match(logger.warnings[0] ?? '', /^OPENLINEAGE__TRANSPORT__AUTH looks like JSON/);
    assert.doesNotMatch(logger.warnings[0] ?? '', /SECRET/);
  });

  test('in short form are the transport default_http of a composite one', () => {
    const short = { OPENLINEAGE_URL: 'http://h', OPENLINEAGE_ENDPOINT: 'x/y', OPENLINEAGE_API_KEY: '123' };
    const expected = {
      type: 'http',
      url: 'http://h',
      endpoint: 'x/y',
      auth: { type: 'api_key', apiKey: '123' },
    };
    assert.deepEqual(fromEnv(short), { transport: { transports: { default_http: expected } } });
    assert.deepEqual(
      fromEnv({ ...short, OPENLINEAGE__TRANSPORT__TRANSPORTS__DEFAULT_HTTP__URL: 'http://mine' }),
      {
        transport: { transports: { default_http: { url: 'http://mine' } } },
      },
    );
  });

  test('that contradict each other are refused by name', () => {
    assert.throws(
      () => fromEnv({ OPENLINEAGE__TRANSPORT__auth: 'x', OPENLINEAGE__TRANSPORT__AUTH__TYPE: 'y' }),
      {
        name: 'ConfigurationError',
        message: /^OPENLINEAGE__TRANSPORT__AUTH__TYPE needs a section/,
      },
    );
  });

  test('OPENLINEAGE_URL, _ENDPOINT and _API_KEY alone send by http', async (t) => {
    const { url, received } = await startReceiver(t);
    const env = {
      OPENLINEAGE_URL: `${url}/base`,
      OPENLINEAGE_ENDPOINT: 'in',
      OPENLINEAGE_API_KEY: 'Bearer K',
    };
    const client = OpenLineageClient.fromEnvironment({ ...isolated(t, env), strict: true });
    await client.emit(someEvent());
    assert.equal(received[0]?.url, '/base/in');
    assert.equal(received[0]?.headers.authorization, 'Bearer K');
    await client.close();
  });

  test('reach an http transport in whatever spelling lower case leaves', async (t) => {
    const { url, received } = await startReceiver(t);
    const client = OpenLineageClient.fromEnvironment({
      ...isolated(t, {
        OPENLINEAGE__TRANSPORT__TYPE: 'http',
        OPENLINEAGE__TRANSPORT__URL: url,
        OPENLINEAGE__TRANSPORT__AUTH__TYPE: 'api_key',
        OPENLINEAGE__TRANSPORT__AUTH__APIKEY: '12345',
        OPENLINEAGE__TRANSPORT__CUSTOM_HEADERS: '{"X-Tenant":"blue"}',
        OPENLINEAGE__TRANSPORT__URLPARAMS: '{"q":1}',
        OPENLINEAGE__TRANSPORT__COMPRESSION: 'gzip',
      }),
      strict: true,
    });
    await client.emit(someEvent());
    const [request] = received;
    assert.equal(request?.headers.authorization, 'Bearer 12345');
    assert.equal(request.headers['x-tenant'], 'blue');
    assert.equal(request.headers['content-encoding'], 'gzip');
    assert.equal(request.url, '/api/v1/lineage?q=1');
    await client.close();
  });

  for (const value of ['true', ' TRUE ']) {
    test(`OPENLINEAGE_DISABLED="${value}" sends nothing, not even by a given transport`, async (t) => {
      const transport = recordingTransport();
      const client = new OpenLineageClient({ ...isolated(t, { OPENLINEAGE_DISABLED: value }), transport });
      await client.emit(someEvent());
      assert.equal(client.transport.kind, 'noop');
      assert.equal(transport.events.length, 0);
    });
  }

  test('nothing configured: the console, with a warning', (t) => {
    const logger = recordingLogger();
    const client = OpenLineageClient.fromEnvironment({ ...isolated(t), logger });
    assert.equal(client.transport.kind, 'console');
    assert.match(logger.warnings[0] ?? '', /Set OPENLINEAGE_URL/);
  });
});

suite('openlineage.yml', () => {
  test('is taken from OPENLINEAGE_CONFIG, else the working directory, else the home directory', (t) => {
    const { env, cwd, home } = isolated(t);
    const named = join(cwd, 'elsewhere.yml');
    const read = (more: Readonly<Record<string, string>> = {}) =>
      loadConfig({ config: {}, env: { ...env, ...more }, cwd, home }, recordingLogger());
    assert.deepEqual(read(), {});
    mkdirSync(join(home, '.openlineage'));
    writeFileSync(join(home, '.openlineage', 'openlineage.yml'), 'transport: {type: noop, place: home}');
    assert.deepEqual(read(), { transport: { type: 'noop', place: 'home' } });
    writeFileSync(join(cwd, 'openlineage.yml'), 'transport: {type: noop, place: cwd}');
    assert.deepEqual(read(), { transport: { type: 'noop', place: 'cwd' } });
    writeFileSync(named, 'transport: {type: noop, place: named}');
    assert.deepEqual(read({ OPENLINEAGE_CONFIG: named }), { transport: { type: 'noop', place: 'named' } });
    assert.deepEqual(read({ OPENLINEAGE_CONFIG: join(cwd, 'missing.yml') }), {
      transport: { type: 'noop', place: 'cwd' },
    });
  });

  test('wins over the environment, and the constructor over both; sections merge', (t) => {
    const { cwd, home } = isolated(t);
    writeFileSync(
      join(cwd, 'openlineage.yml'),
      'transport:\n  type: http\n  url: http://yml\n  auth: {type: api_key}\n',
    );
    const env = {
      OPENLINEAGE__TRANSPORT__TYPE: 'console',
      OPENLINEAGE__TRANSPORT__URL: 'http://env',
      OPENLINEAGE__TRANSPORT__TIMEOUT: '9',
      OPENLINEAGE__TRANSPORT__AUTH__APIKEY: 'K',
    };
    assert.deepEqual(
      loadConfig({ config: { transport: { url: 'http://code' } }, env, cwd, home }, recordingLogger()),
      { transport: { type: 'http', url: 'http://code', timeout: 9, auth: { type: 'api_key', apikey: 'K' } } },
    );
  });

  test('a transport given as such is taken exactly, without keys of the file', async (t) => {
    const { url, received } = await startReceiver(t);
    const places = isolated(t);
    writeFileSync(
      join(places.cwd, 'openlineage.yml'),
      'transport: {type: http, auth: {type: api_key, apiKey: K}}',
    );
    const client = new OpenLineageClient({ ...places, strict: true, transport: { type: 'http', url } });
    await client.emit(someEvent());
    assert.equal(received[0]?.headers.authorization, undefined);
    await client.close();
  });

  const refusals: readonly (readonly [yaml: string, message: RegExp])[] = [
    ['transport: [', /openlineage\.yml is not valid YAML: /],
    ['- a', /must hold a mapping with a "transport" section/],
    [
      'transport: {type: carrier_pigeon}',
      /^transport\.type must be one of http, async_http, batch_http, kafka, console, file, noop, composite, transform\.$/,
    ],
    ['transport: {type: http}', /^transport\.url is required\.$/],
    ['transport: {type: http, url: "SECRET"}', /^transport\.url must be a URL such as/],
    ['transport: {type: http, url: "http://h", timeout: soon}', /^transport\.timeout must be a number/],
    [
      'transport: {type: http, url: "http://h", compression: zip}',
      /^transport\.compression can only be gzip\.$/,
    ],
    ['transport: {type: http, url: "http://h", auth: SECRET}', /^transport\.auth must be a mapping/],
    [
      'transport: {type: http, url: "http://h", auth: {type: api_key}}',
      /^transport\.auth\.apiKey is required\.$/,
    ],
    [
      'transport: {type: http, url: "http://h", auth: {type: kerberos}}',
      /^transport\.auth\.type must be one of api_key, jwt, oauth2; for other/,
    ],
    [
      'transport: {type: http, url: "http://h", retry: {total: 1.5}}',
      /^transport\.retry\.total must be a whole number/,
    ],
    ['transport: {type: file}', /^transport\.log_file_path is required\.$/],
    ['transport: {type: file, log_file_path: "s3://b/k"}', /^transport\.log_file_path must be a local path/],
    ['transport: {type: composite}', /^transport\.transports must name at least one transport\.$/],
    [
      'transport: {type: composite, transports: [{type: file}]}',
      /^transport\.transports\.0\.log_file_path is required/,
    ],
    [
      'transport: {type: composite, transports: {a: {type: x}}}',
      /^transport\.transports\.a\.type must be one of/,
    ],
    [
      'transport: {type: composite, transports: [{type: noop}], continue_on_failure: 7}',
      /continue_on_failure must be true/,
    ],
    [
      '{transport: {type: noop}, filters: [{type: glob}]}',
      /^openlineage\.filters\[0\]\.type must be exact or regex\.$/,
    ],
    [
      '{transport: {type: noop}, filters: [{type: regex, regex: "("}]}',
      /^openlineage\.filters\[0\]\.regex is not a/,
    ],
  ];
  for (const [yaml, message] of refusals) {
    test(`refused with a sentence: ${yaml}`, (t) => {
      const places = isolated(t);
      writeFileSync(join(places.cwd, 'openlineage.yml'), yaml);
      assert.throws(
        () => OpenLineageClient.fromEnvironment(places),
        (error: Error) => {
          assert.equal(error.name, 'ConfigurationError');
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /SECRET|\n/);
          return true;
        },
      );
    });
  }
});

suite('enrichment', () => {
  function emitted(t: Parameters<typeof isolated>[0], options: ClientOptions, event: RunEvent = someEvent()) {
    const transport = recordingTransport();
    const client = new OpenLineageClient({ ...isolated(t, { STAGE: 'prod' }), ...options, transport });
    return client.emit(event).then(() => transport.events);
  }

  test('every run event says the version of the client', async (t) => {
    const [event] = await emitted(t, {});
    assert.deepEqual(event?.run.facets?.tags?.tags, [
      { key: 'openlineage_client_version', value: '0.1.0', source: 'OPENLINEAGE_CLIENT' },
    ]);
  });

  test('configured tags and environment variables are added; the event given stays as it was', async (t) => {
    const given = someEvent();
    const config = {
      tags: { job: { team: 'checkout' }, run: { cost: '7' } },
      facets: { environment_variables: ['STAGE', 'NOT_SET'] },
    };
    const [event] = await emitted(t, { config }, given);
    assert.deepEqual(event?.job.facets?.tags?.tags, [{ key: 'team', value: 'checkout', source: 'USER' }]);
    assert.deepEqual(event.run.facets?.tags?.tags?.[0], { key: 'cost', value: '7', source: 'USER' });
    assert.deepEqual(event.run.facets.environmentVariables?.environmentVariables, [
      { name: 'STAGE', value: 'prod' },
    ]);
    assert.deepEqual(given, someEvent());
  });

  test('the source of the jobs is added where it is configured, and the job does not say it itself', async (t) => {
    const location = { disabled: false, repo_url: 'https://example.com/etl', branch: 'main' };
    const config = { facets: { source_code_location: location } };
    const [event] = await emitted(t, { config });
    const { _producer, _schemaURL, ...facet } = event?.job.facets?.sourceCodeLocation ?? {};
    assert.match(_schemaURL ?? '', /SourceCodeLocationJobFacet$/);
    assert.deepEqual(facet, {
      type: 'git',
      url: 'https://example.com/etl',
      repoUrl: 'https://example.com/etl',
      branch: 'main',
    });
    const own = sourceCodeLocationJobFacet({ type: 'git', url: 'https://example.com/mine' });
    const given = someEvent();
    const [kept] = await emitted(
      t,
      { config },
      { ...given, job: { ...given.job, facets: { sourceCodeLocation: own } } },
    );
    assert.equal(kept?.job.facets?.sourceCodeLocation?.url, 'https://example.com/mine');
    const [off] = await emitted(t, { config: { facets: { source_code_location: { repo_url: 'x' } } } });
    assert.equal(off?.job.facets?.sourceCodeLocation, undefined);
  });

  test('a filter holds back run events of matching jobs, anchored at the start', async (t) => {
    const filters = [
      { type: 'exact', match: 'orders' },
      { type: 'regex', regex: 'tmp_|scratch' },
    ] as const;
    const count = async (name: string) => (await emitted(t, { config: { filters } }, someEvent(name))).length;
    assert.deepEqual(
      await Promise.all(
        ['orders', 'orders.load', 'tmp_x', 'scratchpad', 'x_tmp_'].map((name) => count(name)),
      ),
      [0, 1, 0, 0, 1],
    );
  });
});
