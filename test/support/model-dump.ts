import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';

/** Every row of every table of the model as sorted text: equal dumps mean byte-equal state. */
export async function dumpModel(database: Database): Promise<string> {
  const tables = await database.rows<{ name: string }>(
    sql`select relname::text as name from pg_class where relnamespace = 'assay_model'::regnamespace and relkind = 'r' order by 1`,
  );
  const dumps: string[] = [];
  for (const { name } of tables) {
    const rows = await database.rows<{ row: string }>({
      text: `select to_jsonb(t)::text as row from assay_model."${name}" t order by 1`,
      values: [],
    });
    dumps.push(`-- ${name}: ${rows.length}`, ...rows.map(({ row }) => row));
  }
  return dumps.join('\n');
}
