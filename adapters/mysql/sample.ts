import type { Pool } from 'mysql2/promise';
import type { Outcome, SampleRequest } from '#model/ports.ts';
import { faultOf, inSnapshot, rows } from './client.ts';

/** A few rows as text, read without writing anything. */
export async function sample(
  pool: Pool,
  request: SampleRequest,
): Promise<Outcome<readonly (readonly (string | null)[])[]>> {
  try {
    return await inSnapshot(pool, request.timeLimitMs, async (connection) => {
      const found = await rows<Record<string, unknown>>(connection, request.text);
      const value = found.slice(0, request.limit).map((row) =>
        Object.values(row)
          .slice(0, request.columns)
          .map((cell) => (cell === null || cell === undefined ? null : textOf(cell))),
      );
      return { status: 'success', value };
    });
  } catch (error) {
    return faultOf(error, 'Reading the rows that violate a check');
  }
}

function textOf(cell: unknown): string {
  return Buffer.isBuffer(cell) ? cell.toString('utf8') : String(cell);
}
