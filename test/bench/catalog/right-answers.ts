import type { LineageAnswer } from '#api/schema/lineage.ts';
import type { DatasetList, Overview } from '#api/schema/overview.ts';
import type { SearchAnswer } from '#api/schema/search.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';

// What the API answers, held to plain SQL over the tables that were generated: an answer that is fast and wrong counts
// as none.

type Get = (url: string) => Promise<string>;

/** Datasets that have two words among those of their name and columns, each as it is or as a beginning. */
async function withBoth(database: Database, first: string, second: string): Promise<string[]> {
  const having = (word: string) => {
    const begins = `(^|[._])${word}`;
    return sql`(
      select d.id from dataset d where d.name like ${`%${word}%`} and d.name ~ ${begins}
       union
      select rd.dataset_id from schema_column c join run_dataset rd on rd.schema_id = c.schema_id and rd.role = 2
       where c.name like ${`%${word}%`} and c.name ~ ${begins})`;
  };
  const rows = await database.rows<{ id: string }>(
    sql`${having(first)} intersect ${having(second)} order by 1`,
  );
  return rows.map(({ id }) => id);
}

/** Rare words, two at a time: all that has both is found, and nothing else. */
export async function wrongSearches(
  database: Database,
  get: Get,
  words: readonly string[],
): Promise<string[]> {
  const wrong: string[] = [];
  // The last words of the vocabulary are in few names; short ones are not looked for as beginnings.
  const rare = words.filter((word) => word.length >= 6).slice(-6);
  for (let at = 0; at + 1 < rare.length; at += 2) {
    const [first = '', second = ''] = rare.slice(at, at + 2);
    const expected = await withBoth(database, first, second);
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = JSON.parse(
        await get(
          `/api/v2/search?q=${first}%20${second}&kind=dataset&limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        ),
      ) as SearchAnswer;
      // What is hit by less than three is widened by what may have been meant.
      found.push(...page.items.flatMap(({ id, match }) => (id === null || match === 'typo' ? [] : [id])));
      cursor = page.next;
    }
    if (found.sort().join() !== expected.join())
      wrong.push(`"${first} ${second}" found ${found.length} datasets, and ${expected.length} by SQL`);
  }
  return wrong;
}

/** One hop each way is what jobs that write and read the dataset read and write. */
export async function wrongHops(database: Database, get: Get, ids: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const id of ids) {
    const expected = await database.rows<{ id: string }>(sql`
      select i.dataset_id as id from job_dataset o join job_dataset i on i.job_id = o.job_id and i.role = 0
       where o.dataset_id = ${id}::uuid and o.role = 1
       union
      select o.dataset_id from job_dataset i join job_dataset o on o.job_id = i.job_id and o.role = 1
       where i.dataset_id = ${id}::uuid and i.role = 0
       order by 1`);
    const { datasets } = JSON.parse(
      await get(`/api/v2/lineage?dataset=${id}&depth=1&limit=10000`),
    ) as LineageAnswer;
    const found = datasets.flatMap((node) => (node.id === id ? [] : [node.id])).sort();
    if (found.join() !== expected.map((row) => row.id).join())
      wrong.push(`${found.length} datasets beside ${id}, and ${expected.length} by SQL`);
  }
  return wrong;
}

/** Pages follow one another in order and repeat nothing; the overview counts what there is, nearly. */
export async function wrongLists(database: Database, get: Get): Promise<string[]> {
  const wrong: string[] = [];
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 3; pages += 1) {
    const page: DatasetList = JSON.parse(
      await get(`/api/v2/datasets?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`),
    ) as DatasetList;
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  }
  const expected = await database.rows<{ id: string }>(
    sql`select id from dataset order by left(name, 200), id limit 300`,
  );
  if (seen.join() !== expected.map(({ id }) => id).join())
    wrong.push('three pages of datasets are not the first three hundred by name');
  const [row] = await database.rows<{ count: number }>(sql`select count(*) as count from dataset`);
  const { counts } = JSON.parse(await get('/api/v2/overview')) as Overview;
  if (Math.abs(counts.datasets - (row?.count ?? 0)) > (row?.count ?? 0) / 50)
    wrong.push(`the overview counts ${counts.datasets} datasets, and SQL ${row?.count}`);
  return wrong;
}
