import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import kafkajs, { type Kafka } from 'kafkajs';
import { runProgram } from '#test/support/run-program.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;
export const COMPRESSIONS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;
export type Compression = keyof typeof COMPRESSIONS;

/** What kafkajs hands to a codec. */
interface Encoder {
  readonly buffer: Buffer;
}

/** Compressing for kafkajs' producers; the collector, which decompresses, is another process. */
const COMPRESS: readonly [1 | 2 | 3 | 4, (bytes: Buffer) => Promise<Uint8Array> | Uint8Array][] = [
  [CompressionTypes.GZIP, promisify<Buffer, Buffer>(gzip)],
  [CompressionTypes.Snappy, snappyCompress],
  [CompressionTypes.LZ4, storedLz4],
  [CompressionTypes.ZSTD, promisify<Buffer, Buffer>(zstdCompress)],
];

/** An LZ4 frame of blocks that were not worth compressing; librdkafka and Java send compressed ones. */
function storedLz4(bytes: Buffer): Buffer {
  const blocks: Buffer[] = [Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])];
  for (let start = 0; start < bytes.length; start += 65_536) {
    const block = bytes.subarray(start, start + 65_536);
    const size = Buffer.alloc(4);
    size.writeUInt32LE((block.length | 0x80000000) >>> 0);
    blocks.push(size, block);
  }
  return Buffer.concat([...blocks, Buffer.alloc(4)]);
}

/** A client that says nothing of the brokers' troubles: they are meant. */
export function quietClient(broker: string): Kafka {
  return new kafkajs.Kafka({
    clientId: 'tests',
    brokers: [broker],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 3, initialRetryTime: 100 },
  });
}

/** Produces by kafkajs until the brokers have acknowledged everything, chunk by chunk, again where they did not. What `onAcknowledged` returns is waited for. */
export async function produceByKafkajs(
  broker: string,
  topic: string,
  compression: Compression,
  values: readonly (string | null)[],
  options: {
    readonly pause?: number;
    readonly onAcknowledged?: (messages: number) => Promise<void> | undefined;
  } = {},
): Promise<void> {
  for (const [type, compress] of COMPRESS)
    CompressionCodecs[type] = () => ({
      compress: async (encoder: Encoder) => Buffer.from(await compress(encoder.buffer)),
    });
  const producer = quietClient(broker).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  for (let start = 0; start < values.length;) {
    const chunk = values.slice(start, start + 20);
    try {
      await producer.send({
        topic,
        acks: -1,
        compression: COMPRESSIONS[compression],
        messages: chunk.map((value) => ({ value })),
      });
      start += chunk.length;
    } catch {
      await sleep(200);
      continue;
    }
    await options.onAcknowledged?.(chunk.length);
    await sleep(options.pause ?? 0);
  }
  await producer.disconnect();
}

/** Produces by librdkafka (the client of Python, Go and Rust); gives how many were acknowledged. */
export async function produceByLibrdkafka(
  python: string,
  folder: string,
  target: { readonly broker: string; readonly topic: string; readonly compression: Compression },
  values: readonly string[],
): Promise<number> {
  const file = join(folder, `${target.compression}.jsonl`);
  writeFileSync(file, `${values.join('\n')}\n`);
  const script = join(import.meta.dirname, 'produce.py');
  const args = [script, target.broker, target.topic, target.compression, file];
  const { code, output } = await runProgram(python, args);
  if (code !== 0) throw new Error(`produce.py ended with ${code}:\n${output}`);
  return (JSON.parse(output.trim().split('\n').at(-1) ?? '[]') as number[]).length;
}

/** Produces by Kafka's own Java client. It ends with 0 when all was acknowledged. */
export async function produceByJava(
  jars: string,
  target: { readonly broker: string; readonly topic: string; readonly compression: Compression },
  values: readonly string[],
): Promise<void> {
  const program = ['-Xmx256m', '-cp', join(jars, '*'), 'org.apache.kafka.tools.ConsoleProducer'];
  const where = ['--bootstrap-server', target.broker, '--topic', target.topic];
  const how = ['--compression-codec', target.compression, '--producer-property', 'acks=all'];
  const child = spawn('java', [...program, ...where, ...how], { stdio: ['pipe', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(`${values.join('\n')}\n`);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || /exception|error when/i.test(output))
    throw new Error(`the console producer ended with ${code}:\n${output}`);
}
