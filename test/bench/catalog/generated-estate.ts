import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { seededRandom } from '../statistics.ts';

/** How large an estate is generated. */
export interface EstateSize {
  readonly datasets: number;
  readonly columnsEach: number;
  /** Of those, columns that have a source of another dataset. */
  readonly derivedColumns: number;
}

export const FULL_ESTATE: EstateSize = { datasets: 100_000, columnsEach: 30, derivedColumns: 23 };
export const SMALL_ESTATE: EstateSize = { datasets: 4000, columnsEach: 30, derivedColumns: 23 };

/** Layers of the estate: data flows from each to the next, two datasets of a layer made by each job. */
const LAYERS = ['raw', 'bronze', 'bronze_clean', 'silver', 'silver_joined', 'gold', 'gold_daily', 'mart'];

/** What was generated, as counted afterwards. */
export interface EstateCounts {
  readonly datasets: number;
  readonly jobs: number;
  readonly columns: number;
  readonly columnNames: number;
  readonly edges: number;
  readonly columnEdges: number;
  readonly megabytes: number;
}

/** Words that names are made of, as a seed determines them: short ones and long ones, all pronounceable. */
export function vocabulary(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const words = new Set<string>();
  while (words.size < count) {
    const syllables = 2 + Math.floor(random() * 3);
    words.add(Array.from({ length: syllables }, () => pick(HEADS) + pick(TAILS)).join(''));
  }
  return [...words];
}

const HEADS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'f',
  'fl',
  'g',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pr',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
];
const TAILS = ['a', 'an', 'ar', 'e', 'el', 'en', 'er', 'i', 'in', 'is', 'o', 'on', 'or', 'u', 'us'];

/**
 * Fills a migrated, empty store by set-based SQL: datasets in layers, each job reading one to six datasets of the layer
 * above (few of them often, as hubs are) and writing two, every output column but a few with a source.
 */
export async function generateEstate(
  database: Database,
  size: EstateSize,
  words: readonly string[],
  progress: (text: string) => void,
): Promise<EstateCounts> {
  const perLayer = size.datasets / LAYERS.length;
  const jobs = (size.datasets - perLayer) / 2;
  const id = (kind: string, of: ReturnType<typeof sql>) => sql`md5(${kind}::text || (${of}))::uuid`;
  // Skewed: a few words and a few columns are in very many names. (As jsonb: an array of texts is gone through from its
  // beginning for each of them.)
  const word = (salt: string, of: ReturnType<typeof sql>) =>
    sql`(${JSON.stringify(words)}::jsonb ->> floor(power(${unit(salt, of)}, 2) * ${words.length})::integer)`;
  await database.execute(sql`
    insert into namespace (id, name) values (${id('namespace', sql`'0'`)}, 'postgres://warehouse:5432'), (${id('namespace', sql`'1'`)}, 's3://lake'),
      (${id('namespace', sql`'jobs'`)}, 'airflow')`);
  progress('generating datasets');
  await database.execute(sql`
    insert into dataset (id, namespace_id, name)
    select ${id('dataset', sql`n`)}, ${id('namespace', sql`n % 2`)},
           (${LAYERS}::text[])[1 + n / ${perLayer}::integer] || '.' || ${word('a', sql`n`)} || '_' || ${word('b', sql`n`)} || '_' || n
      from generate_series(0, ${size.datasets - 1}) n`);
  progress('generating columns');
  await database.execute(sql`
    insert into schema_column (schema_id, ordinal, name, type, description)
    select ${id('schema', sql`n`)}, c,
           case c when 0 then 'id' when 1 then 'created_at' else ${word('c', sql`n * 100 + c`)} || '_' || ${word('d', sql`n * 100 + c`)} end,
           'text', null
      from generate_series(0, ${size.datasets - 1}) n cross join generate_series(0, ${size.columnsEach - 1}) c`);
  progress('generating jobs and runs');
  await database.execute(sql`
    insert into job (id, namespace_id, name)
    select ${id('job', sql`j`)}, ${id('namespace', sql`'jobs'`)}, 'load_' || ${word('j', sql`j`)} || '_' || j from generate_series(0, ${jobs - 1}) j`);
  await database.execute(sql`
    insert into run (id, job_id, job_stated, state, attempts, conflicting, start_missing, started_at, ended_at, last_event_at,
                     event_count, first_key, last_key)
    select ${id('run', sql`j`)}, ${id('job', sql`j`)}, true, case when j % 50 = 0 then 'FAILED' else 'COMPLETED' end, 1, false, false,
           ended - interval '5 minutes', ended, ended, 2, lpad(to_hex(j), 32, '0')::uuid, lpad(to_hex(j), 32, '0')::uuid
      from generate_series(0, ${jobs - 1}) j cross join lateral (select '2026-01-01'::timestamptz + make_interval(secs => j)) t(ended)`);
  // A job's number tells its outputs; its inputs are drawn from the layer above.
  await database.execute(sql`
    insert into job_dataset (job_id, dataset_id, role)
    select ${id('job', sql`j`)}, ${id('dataset', sql`${perLayer}::integer + 2 * j + o`)}, 1
      from generate_series(0, ${jobs - 1}) j cross join generate_series(0, 1) o
     union
    select ${id('job', sql`j`)}, ${id('dataset', inputOf(perLayer))}, 0
      from generate_series(0, ${jobs - 1}) j cross join lateral generate_series(0, (${unit('inputs', sql`j`)} * 6)::integer) i`);
  await database.execute(sql`
    insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred, schema_id, key)
    select md5('run' || j)::uuid, jd.dataset_id, jd.role, 'dt=2026-01-01', 'dt=2026-01-01', false, null, lpad(to_hex(j), 32, '0')::uuid
      from generate_series(0, ${jobs - 1}) j join job_dataset jd on jd.job_id = md5('job' || j)::uuid`);
  await database.execute(sql`
    insert into run_dataset (run_id, dataset_id, role, stated_partition, partition, inferred, schema_id, key)
    select md5('static' || n)::uuid, ${id('dataset', sql`n`)}, 2, '', '', false, ${id('schema', sql`n`)}, lpad(to_hex(n), 32, '0')::uuid
      from generate_series(0, ${size.datasets - 1}) n`);
  progress('generating column lineage');
  await database.execute(sql`vacuum (analyze) job_dataset, dataset, schema_column, run_dataset`);
  await database.execute(sql`
    insert into column_edge (id, lineage_id, job_id, output_dataset_id, output_column, input_dataset_id, input_column, transformations)
    select md5(n || '/' || c)::uuid, md5('lineage' || n)::uuid, md5('job' || (n - ${perLayer}::integer) / 2)::uuid,
           ${id('dataset', sql`n`)}, target.name, source.dataset_id, origin.name, '[]'
      from generate_series(${perLayer}::integer, ${size.datasets - 1}) n
     cross join lateral (
       select array_agg(jd.dataset_id order by jd.dataset_id) as ids, array_agg(rd.schema_id order by jd.dataset_id) as schemas
         from job_dataset jd join run_dataset rd on rd.dataset_id = jd.dataset_id and rd.role = 2
        where jd.job_id = md5('job' || (n - ${perLayer}::integer) / 2)::uuid and jd.role = 0) inputs
     cross join generate_series(0, ${size.derivedColumns - 1}) c
     cross join lateral (
       select inputs.ids[1 + c % cardinality(inputs.ids)] as dataset_id, inputs.schemas[1 + c % cardinality(inputs.ids)] as schema_id) source
      join schema_column target on target.schema_id = ${id('schema', sql`n`)} and target.ordinal = c
      join schema_column origin on origin.schema_id = source.schema_id and origin.ordinal = (c * 7 + n) % ${size.columnsEach}`);
  await database.execute(sql`
    insert into dataset_edge (job_id, output_dataset_id, input_dataset_id)
    select distinct job_id, output_dataset_id, input_dataset_id from column_edge`);
  await database.execute(sql`
    insert into contract (dataset_id, namespace, name, version, precedence, hash, owner, file_name, text, pushed_at)
    select d.id, 'postgres://warehouse:5432', d.name, '1.0.0', '{1,0,0,1}', md5(d.name), 'team-' || (n % 40), 'c.yaml',
           'dataset: ' || d.name || E'\nowner: team-' || (n % 40) || E'\ntags: [' || (array['pii', 'finance', 'daily', 'core'])[1 + n % 4] || E']\n', '2026-01-01'
      from generate_series(${size.datasets - Math.floor(size.datasets / 20)}::integer, ${size.datasets - 1}) n
      join dataset d on d.id = ${id('dataset', sql`n`)}`);
  progress('gathering statistics');
  await database.execute(sql`vacuum (analyze)`);
  const [counts] = await database.rows<EstateCounts>(sql`
    select (select count(*) from dataset) as datasets, (select count(*) from job) as jobs, (select count(*) from schema_column) as columns,
           (select count(distinct name) from schema_column) as "columnNames", (select count(*) from dataset_edge) as edges,
           (select count(*) from column_edge) as "columnEdges", pg_database_size(current_database()) / 1048576 as megabytes`);
  if (!counts) throw new Error('the store counts nothing');
  return counts;
}

/** A number in [0, 1) that looks random and that the text determines. */
function unit(salt: string, of: ReturnType<typeof sql>) {
  return sql`((('x' || substr(md5(${salt}::text || (${of})), 1, 7))::bit(28)::integer) / 268435456.0::float8)`;
}

/** Input `i` of job `j`: of the layer above its outputs, the first ones more often than the last. */
function inputOf(perLayer: number) {
  return sql`(2 * j / ${perLayer}::integer) * ${perLayer}::integer + floor(power(${unit('input', sql`j || '/' || i`)}, 2) * ${perLayer}::integer)::integer`;
}
