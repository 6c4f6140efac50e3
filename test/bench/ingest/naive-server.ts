/** The naive collector: see naive-projection.ts. At most eight events are under way, each on a connection of its own. */
import { Pool } from 'pg';
import { createNaiveTables, projectNaively, type NaiveEvent } from './naive-projection.ts';
import { serveLineage } from './server-process.ts';

const DEADLOCK = '40P01';
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 8 });
await createNaiveTables(pool);

await serveLineage(async (body) => {
  const text = body.toString('utf8');
  const event = JSON.parse(text) as NaiveEvent;
  for (;;) {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const statements = await projectNaively(client, event, text);
      await client.query('commit');
      return { status: 'accepted', statements };
    } catch (error) {
      await client.query('rollback');
      if ((error as { code?: string }).code !== DEADLOCK) throw error;
    } finally {
      client.release();
    }
  }
});
