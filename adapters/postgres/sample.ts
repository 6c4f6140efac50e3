import type pg from 'pg';
import type { Outcome, SampleRequest } from '#model/ports.ts';
import { faultOf, inSnapshot } from './client.ts';

/** A few rows as text, read without writing anything. */
export async function sample(
  pool: pg.Pool,
  request: SampleRequest,
): Promise<Outcome<readonly (readonly (string | null)[])[]>> {
  try {
    return await inSnapshot(pool, request.timeLimitMs, async (client) => {
      const { rows } = await client.query<(string | null)[]>({
        text: request.text,
        rowMode: 'array',
        // As the server writes them.
        types: { getTypeParser: () => (text: string) => text },
      });
      return {
        status: 'success',
        value: rows.slice(0, request.limit).map((row) => row.slice(0, request.columns)),
      };
    });
  } catch (error) {
    return faultOf(error, 'Reading the rows that violate a check');
  }
}
