import { join } from 'node:path';
import { jarsPart, pythonPart } from './installed-parts.ts';
import { runProgram, type ProgramResult } from './run-program.ts';

const SPARK = pythonPart('test/real/spark/requirements.txt');
const JARS = jarsPart('test/real/spark/pom.xml');

/** Spark with OpenLineage's listener: what is missing of it, and where it is. */
export const spark = {
  missing: SPARK.missing === false ? JARS.missing : SPARK.missing,
  home: join(SPARK.packages, 'pyspark'),
  python: join(SPARK.bin, 'python'),
  jars: join(JARS.folder, '*.jar'),
  openlineageJar: join(JARS.folder, 'openlineage-spark_2.12-1.53.0.jar'),
  /** For programs that start Spark. */
  env: {
    SPARK_HOME: join(SPARK.packages, 'pyspark'),
    PYSPARK_PYTHON: join(SPARK.bin, 'python'),
    SPARK_LOCAL_IP: '127.0.0.1',
  },
} as const;

const SETTINGS = {
  'spark.extraListeners': 'io.openlineage.spark.agent.OpenLineageSparkListener',
  'spark.ui.enabled': 'false',
  'spark.sql.shuffle.partitions': '2',
  'spark.log.level': 'ERROR',
};

/** Runs a program of test/real/spark on two threads of this machine, which tells `url` what it does. */
export async function sparkSubmit(
  url: string,
  program: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const all = {
    ...SETTINGS,
    'spark.openlineage.transport.type': 'http',
    'spark.openlineage.transport.url': url,
    'spark.openlineage.namespace': 'spark',
    ...settings,
  };
  const file = join(import.meta.dirname, '../real/spark', `${program}.py`);
  return runProgram(
    join(spark.home, 'bin/spark-submit'),
    [
      '--master',
      'local[2]',
      '--name',
      program,
      '--jars',
      spark.jars,
      ...Object.entries(all).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
      file,
      ...args,
    ],
    { env: spark.env },
  );
}
