import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { scratchFolder } from './assay-process.ts';

/** A real broker of one node (KRaft), on loopback only, with its data in a folder of the test's. */
export interface KafkaBroker {
  /** `host:port` without encryption and accounts. */
  readonly plain: string;
  /** `host:port` with TLS, for the account below by any of its mechanisms. */
  readonly secured: string;
  /** PEM file of the authority that signed the broker's certificate: itself. */
  readonly ca: string;
  readonly account: { readonly username: string; readonly password: string };
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same data and ports, and waits until it answers. */
  start(): Promise<void>;
}

export const KAFKA_POM = 'test/real/kafka/pom.xml';
const ACCOUNT = { username: 'assay', password: 'assay-secret' };
const STORE_PASSWORD = 'changeit';
const START_MS = 60_000;

/** Formats a folder and starts a broker on it; it is killed after the test. `jars` is the folder of its archives. */
export async function startKafkaBroker(t: TestContext, jars: string): Promise<KafkaBroker> {
  const folder = scratchFolder(t);
  const [plain, secured, controller] = await freePorts(3);
  const settings = join(folder, 'server.properties');
  const keyStore = join(folder, 'broker.p12');
  const ca = join(folder, 'ca.pem');
  makeCertificate(keyStore, ca);
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    settings,
    [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${secured},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${secured}`,
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name=PLAINTEXT',
      'controller.listener.names=CONTROLLER',
      `ssl.keystore.location=${keyStore}`,
      'ssl.keystore.type=PKCS12',
      `ssl.keystore.password=${STORE_PASSWORD}`,
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${ACCOUNT.username}="${ACCOUNT.password}";`,
      ...['256', '512'].map(
        (bits) =>
          `listener.name.sasl_ssl.scram-sha-${bits}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`,
      ),
      `log.dirs=${join(folder, 'data')}`,
      'auto.create.topics.enable=false',
      'offsets.topic.num.partitions=1',
      'offsets.topic.replication.factor=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'group.initial.rebalance.delay.ms=0',
      '',
    ].join('\n'),
  );
  const classPath = join(jars, '*');
  const scram = ['256', '512'].flatMap((bits) => [
    '--add-scram',
    `SCRAM-SHA-${bits}=[name=${ACCOUNT.username},password=${ACCOUNT.password}]`,
  ]);
  const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', 'AAAAAAAAAAAAAAAAAAAAAA'];
  run('java', ['-cp', classPath, ...format, '--config', settings, ...scram]);

  const output = join(folder, 'output');
  let broker: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const log = openSync(output, 'a');
    const child = spawn('java', ['-Xmx512m', '-cp', classPath, 'kafka.Kafka', settings], {
      stdio: ['ignore', log, log],
    });
    broker = child;
    const tell = (): string => readFileSync(output, 'utf8').slice(-4000);
    for (const end = Date.now() + START_MS; !(await answers(plain)); await sleep(100)) {
      if (child.exitCode !== null) throw new Error(`the broker ended with ${child.exitCode}:\n${tell()}`);
      if (Date.now() > end) throw new Error(`the broker does not answer:\n${tell()}`);
    }
  };
  const kill = async (): Promise<void> => {
    if (broker === undefined || broker.exitCode !== null || broker.signalCode !== null) return;
    const gone = once(broker, 'exit');
    broker.kill('SIGKILL');
    await gone;
  };
  t.after(kill);
  await start();
  return { plain: `127.0.0.1:${plain}`, secured: `127.0.0.1:${secured}`, ca, account: ACCOUNT, kill, start };
}

/** A key with its certificate for 127.0.0.1, and the certificate apart. */
function makeCertificate(keyStore: string, ca: string): void {
  const store = ['-keystore', keyStore, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD];
  const name = ['-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1,dns:localhost'];
  run('keytool', ['-genkeypair', '-alias', 'broker', '-keyalg', 'EC', '-validity', '2', ...name, ...store]);
  run('keytool', ['-exportcert', '-rfc', '-alias', 'broker', '-file', ca, ...store]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: START_MS });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
}

/** The broker needs the same ports again after it was killed, so the system chooses them beforehand. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function answers(port: number | undefined): Promise<boolean> {
  const socket = connect(port ?? 0, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
