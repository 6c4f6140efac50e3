import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '#collector/config.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { scratchFolder } from '#test/support/assay-process.ts';
import { readDocument, ROOT, spansOf, tableOf } from '#test/support/documents.ts';

// docker-compose.yml held to what can be known of it without Docker. Its schema: test/real/compose.test.ts.

interface Service {
  readonly image?: string;
  readonly build?: string | { readonly dockerfile_inline: string };
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly restart: string;
  readonly network_mode?: string;
  readonly healthcheck?: { readonly test: readonly string[]; readonly retries: number };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
}

const TEXT = readDocument('docker-compose.yml');
const file = parse(TEXT, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  configs: Record<string, { content?: string; file?: string }>;
};
const services = Object.entries(file.services);
/** Those that run once and end. */
const once = new Set(services.flatMap(([name, { restart }]) => (restart === 'no' ? [name] : [])));
/** An inline file as the container has it. */
const contentOf = (name: string): string => {
  const { content = '', file: path } = file.configs[name] ?? {};
  // What lies in a file Compose leaves as it is.
  return path === undefined ? content.replaceAll('$$', '$') : readDocument(path);
};
const PROFILES = ['starrocks', 'kafka', 'lake', 'spark', 'airflow', 'observe'];

test('plain `docker compose up` starts Assay and its PostgreSQL; all starts everything', () => {
  const plain = services.flatMap(([name, { profiles }]) => (profiles === undefined ? [name] : []));
  assert.deepEqual(plain, ['secrets', 'postgres', 'assay']);
  const told = services.flatMap(([, { profiles }]) => (profiles ? [profiles] : []));
  assert.ok(told.every((profiles) => profiles.includes('all')));
  assert.deepEqual(new Set(told.flat()), new Set([...PROFILES, 'all']));
  const readme = readDocument('README.md');
  for (const profile of PROFILES) assert.ok(readme.includes(`\`${profile}\``), profile);
  assert.doesNotMatch(
    TEXT,
    /\$\{\w+:?\?/,
    'a variable that must be given keeps the plain start from working',
  );
});

test('every image is pinned, and is the version that the tests use', () => {
  const images = services.flatMap(([, { image = '' }]) => image);
  for (const image of images)
    assert.match(
      image,
      /^(assay(-airflow)?:local|[\w./-]+:(v?\d+\.\d+[\w.-]*|RELEASE\.\d{4}[\w-]+))$/,
      image,
    );
  const requirements = (name: string) => readDocument(`test/real/${name}/requirements.txt`);
  const version = (text: string, part: string) =>
    new RegExp(`^${part}==(.+)$`, 'm').exec(text)?.[1] ?? 'none';
  const spark = version(requirements('spark'), 'pyspark');
  assert.ok(images.includes(`apache/spark:${spark}-python3`), spark);
  const [, kafka] =
    /<artifactId>kafka_2.13<\/artifactId>\s*<version>(.+?)</.exec(readDocument('test/real/kafka/pom.xml')) ??
    [];
  assert.ok(images.includes(`apache/kafka:${kafka}`), kafka);
  const build = file.services['airflow']?.build;
  const recipe = typeof build === 'object' ? build.dockerfile_inline : '';
  const airflow = requirements('airflow');
  assert.match(
    recipe,
    new RegExp(`^FROM apache/airflow:${version(airflow, 'apache-airflow')}-python3\\.11$`, 'm'),
  );
  for (const part of [
    'apache-airflow',
    'apache-airflow-providers-apache-spark',
    'apache-airflow-providers-openlineage',
  ])
    assert.ok(recipe.includes(`${part}==${version(airflow, part)}`), part);
  assert.ok(recipe.includes(`pyspark==${spark}`));
  const dag = readDocument('adapters/airflow/example/gold_orders.py');
  const [, listener] =
    /<artifactId>openlineage-spark_2.12<\/artifactId>\s*<version>(.+?)</.exec(
      readDocument('test/real/spark/pom.xml'),
    ) ?? [];
  assert.ok(dag.includes(`openlineage-spark_2.12:${listener}`), listener);
});

test('every service that stays says whether it is well, and waits for what it needs', () => {
  for (const [name, { healthcheck, depends_on: needs = {}, restart }] of services) {
    if (once.has(name)) continue;
    assert.equal(restart, 'unless-stopped', name);
    assert.ok((healthcheck?.test.length ?? 0) > 1 && (healthcheck?.retries ?? 0) > 0, name);
    for (const [other, { condition }] of Object.entries(needs)) {
      assert.ok(file.services[other], `${name} needs ${other}`);
      assert.equal(condition, once.has(other) ? 'service_completed_successfully' : 'service_healthy', name);
      const mine = file.services[name]?.profiles;
      const theirs = file.services[other]?.profiles;
      assert.ok(
        theirs === undefined || mine?.every((profile) => theirs.includes(profile)),
        `${name}: ${other}`,
      );
    }
  }
});

test('ports are those of this machine alone, each once', () => {
  const ports = services.flatMap(([, { ports: all = [] }]) => all);
  for (const port of ports) assert.match(port, /^127\.0\.0\.1:(\d+|\$\{ASSAY_PORT:-4100\}):\d+$/);
  const outside = ports.map((port) => port.replace('${ASSAY_PORT:-4100}', '4100').split(':')[1]);
  assert.equal(new Set(outside).size, outside.length);
  assert.deepEqual(
    services.flatMap(([, { network_mode: mode }]) => mode ?? []),
    ['none'],
  );
});

test('no secret stands in the file: all are made, or come from the environment, empty unless given', () => {
  for (const [, name, fallback] of TEXT.matchAll(/(?<!\$)\$\{(\w+)(?::-([^}]*))?\}/g))
    if (/PASSWORD|KEY|SECRET/.test(name ?? '')) assert.equal(fallback, '', name);
  for (const [service, { environment = {} }] of services)
    for (const [name, value] of Object.entries(environment))
      if (/PASSWORD|SECRET|KEY$/.test(name))
        assert.match(String(value), service === 'secrets' ? /^\$\{\w+:-\}$/ : /^\/secrets\//, name);
  const uses = services.filter(([, { volumes = [] }]) => volumes.includes('secrets:/secrets:ro'));
  for (const [name, { depends_on: needs }] of uses)
    assert.equal(needs?.['secrets']?.condition, 'service_completed_successfully', name);
});

test('what is mounted is there: inline files, volumes and folders', () => {
  const used = services.flatMap(([, { configs = [] }]) => configs.map(({ source }) => source));
  assert.deepEqual(new Set(used), new Set(Object.keys(file.configs)));
  const volumes = services.flatMap(([, { volumes: all = [] }]) =>
    all.map((volume) => volume.split(':')[0] ?? ''),
  );
  const named = volumes.filter((volume) => !volume.startsWith('.'));
  assert.deepEqual(new Set(named), new Set(Object.keys(file.volumes)));
  for (const folder of volumes.filter((volume) => volume.startsWith('.')))
    assert.ok(existsSync(join(ROOT, folder)), folder);
});

test('the scripts are sh and bash', (t) => {
  for (const [name, shell] of [
    ['make-secrets', 'sh'],
    ['start-assay', 'sh'],
    ['setup-starrocks', 'bash'],
    ['start-airflow', 'bash'],
  ] as const) {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: contentOf(name), encoding: 'utf8' });
    assert.equal(status, 0, `${name}: ${stderr}`);
  }
  // The first, run for real: it makes what the services read, once, and keeps what is there.
  const folder = scratchFolder(t);
  const script = contentOf('make-secrets')
    .replace('cd /secrets', `cd ${folder}`)
    .replace('cd /assay', `cd ${ROOT}`);
  const run = () =>
    spawnSync('sh', ['-e'], {
      input: `${script}\ncat *`,
      encoding: 'utf8',
      env: { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`, GRAFANA_PASSWORD: 'mine' },
    });
  const first = run();
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /mine/);
  assert.equal(run().stdout, first.stdout);
  const read = new Set([...TEXT.matchAll(/\/secrets\/(\w+)/g)].map(([, name]) => name));
  for (const name of read) assert.ok(existsSync(join(folder, name ?? '')), name);
});

function configOf(t: TestContext, name: string): ReturnType<typeof loadConfig> {
  const folder = scratchFolder(t);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'assay.yaml'), contentOf(name));
  const secrets = {
    ASSAY_KEY: `assay_${'a'.repeat(43)}`,
    WAREHOUSE_URL: 'postgres://a@b/c',
    STARROCKS_PASSWORD: 'p',
  };
  const { ASSAY_CONFIG: _, ...environment } = file.services['assay']?.environment ?? {};
  const texts = Object.entries(environment).map(([key, value]) => [
    key,
    String(value).replace(/\$\{\w+:-(.*)\}/, '$1'),
  ]);
  return loadConfig({ ...Object.fromEntries(texts), ...secrets, DATABASE_URL: 'postgres://a@b/c' }, folder);
}

test('Assay takes its configuration, with keys, and listens where it is asked', (t) => {
  for (const name of ['assay-default', 'assay-kafka']) {
    const config = configOf(t, name);
    assert.deepEqual([config.host, config.port], ['0.0.0.0', 4100]);
    assert.equal(config.kafka !== null && config.kafka !== undefined, name === 'assay-kafka');
    assert.deepEqual(Object.keys(config.warehouses), ['warehouse', 'starrocks']);
  }
  const told = new Set(tableOf(readDocument('README.md'), 'Variable').map(([cell = '']) => spansOf(cell)[0]));
  for (const name of Object.keys(file.services['assay']?.environment ?? {})) assert.ok(told.has(name), name);
});

test('Prometheus has the rules, and Grafana the dashboards, that are held to the real metrics', () => {
  assert.equal(file.configs['alert-rules']?.file, 'dashboards/prometheus/assay-alerts.yml');
  const { providers } = parse(contentOf('grafana-dashboards')) as {
    providers: { options: { path: string } }[];
  };
  const mounted = file.services['grafana']?.volumes?.map((volume) => volume.split(':')) ?? [];
  for (const { options } of providers)
    assert.ok(mounted.some(([from, to]) => from === './dashboards/grafana' && to === options.path));
});

test('the example is whole: its contract is one, and its tables are made', () => {
  const outcome = parseContract(
    readDocument('adapters/airflow/example/contracts/orders.yaml'),
    'orders.yaml',
  );
  assert.equal(outcome.status, 'ok');
  const setup = contentOf('setup-starrocks');
  const dag = readDocument('adapters/airflow/example/gold_orders.py');
  for (const table of ['gold.orders', 'stage.orders']) {
    assert.ok(setup.includes(`create table if not exists ${table} `));
    assert.ok(dag.includes(`"${table}"`));
  }
});
