/**
 * `npm run bench`: measures the product beside its baselines, in one run on one machine.
 * Exit code 0 when all results were right, 1 when one was wrong, 4 for wrong use.
 */
import { parseArgs } from 'node:util';
import { catalogBenchmark } from './catalog/catalog-benchmark.ts';
import { benchFolder, startCluster } from './cluster.ts';
import type { Benchmark, BenchOptions, Figures } from './frame.ts';
import { ingestBenchmark } from './ingest/ingest.ts';
import { describeMachine } from './machine.ts';
import { statisticsBenchmark } from './statistics/statistics-benchmark.ts';

const BENCHMARKS: readonly Benchmark[] = [ingestBenchmark, statisticsBenchmark, catalogBenchmark];

const USAGE = `npm run bench -- [options]
  --only NAME           one benchmark: ${BENCHMARKS.map(({ name }) => name).join(', ')}
  --json                one JSON document on standard output
  --quick               a smoke run of under a minute; its figures are not to be quoted
  --rounds N            rounds of interleaved measurements (3)
  --seconds N           length of one measurement (5)
  --jobs N              jobs of the universe of events; it has twice as many datasets (5000)
  --connections N       connections of the closed loop (512)
  --seed N              of the events (1)
  --profile FOLDER      also write the collector's CPU profile and the statements' times there`;

class UsageError extends Error {}

function optionsOf(): { only: string | undefined; json: boolean; help: boolean; options: BenchOptions } {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      jobs: { type: 'string' },
      connections: { type: 'string' },
      seed: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { only, json, quick, help } = values;
  const count = (
    name: 'rounds' | 'seconds' | 'jobs' | 'connections' | 'seed',
    fallback: number,
    least: number,
  ): number => {
    const value = Number(values[name] ?? fallback);
    if (!Number.isInteger(value) || value < least)
      throw new UsageError(`--${name} must be a whole number of at least ${least}.`);
    return value;
  };
  if (only !== undefined && !BENCHMARKS.some(({ name }) => name === only)) {
    throw new UsageError(
      `There is no benchmark "${only}"; there are: ${BENCHMARKS.map(({ name }) => name).join(', ')}.`,
    );
  }
  const options = {
    quick,
    rounds: count('rounds', quick ? 1 : 3, 1),
    windowSeconds: count('seconds', quick ? 2 : 5, 1),
    jobs: count('jobs', quick ? 500 : 5000, 65),
    connections: count('connections', 512, 1),
    seed: count('seed', 1, 0),
    profile: values.profile ?? null,
  };
  return { only, json, help, options };
}

async function main(): Promise<number> {
  const { only, json, help, options } = optionsOf();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const progress = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
    else process.stderr.write(`${text}\n`);
  };
  progress('starting PostgreSQL');
  const cluster = await startCluster(benchFolder(), options.profile !== null);
  const failures: string[] = [];
  try {
    const machine = describeMachine(cluster);
    const figures: Record<string, Figures> = {};
    const lines: string[] = [];
    for (const benchmark of BENCHMARKS.filter(({ name }) => only === undefined || name === only)) {
      const report = await benchmark.run({
        options,
        cluster,
        progress: (text) => progress(`${benchmark.name}: ${text}`),
      });
      figures[benchmark.name] = report.figures;
      lines.push(benchmark.title, '', ...report.lines, '');
      failures.push(...report.failures.map((failure) => `${benchmark.name}: ${failure}`));
    }
    if (process.stderr.isTTY) progress('');
    if (json) console.log(JSON.stringify({ ...figures, machine, quick: options.quick, failures }, null, 2));
    else {
      const { postgres, fdatasyncMs } = machine;
      console.log(lines.join('\n'));
      console.log(
        `Machine     ${machine.cores} x ${machine.cpu}, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, ${machine.system}, Node ${machine.node}`,
      );
      console.log(
        `PostgreSQL  ${Object.entries(postgres)
          .map(([name, setting]) => `${name} ${setting}`)
          .join(', ')}`,
      );
      console.log(
        `Disk        fdatasync of 16 KB: p50 ${fdatasyncMs.p50.toFixed(2)} ms, p99 ${fdatasyncMs.p99.toFixed(2)} ms`,
      );
      if (options.quick) console.log('A quick run: too short for figures worth quoting.');
    }
  } finally {
    await cluster.stop();
  }
  for (const failure of failures) console.error(`WRONG RESULT: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const usage =
    error instanceof UsageError ||
    (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(
    `bench: ${usage || process.env['ASSAY_DEBUG'] === undefined ? (error as Error).message : (error as Error).stack}`,
  );
  if (usage) console.error(USAGE);
  process.exitCode = usage ? 4 : 3;
}
// Children that outlive an error must not keep this process alive.
process.exit();
