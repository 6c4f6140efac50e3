import type pg from 'pg';
import type { MeasuredCandidate, MeasureRequest, Outcome } from '#model/ports.ts';
import type { FactKey } from '#model/measurement.ts';
import { faultOf, rows } from './client.ts';
import { parseTableName, showTable } from './quote-identifier.ts';
import { versionOf, versionQuery, type VersionRow } from './version.ts';

/** Reads version and facts of a candidate in one statement: one scan, one snapshot. */
export async function measure(pool: pg.Pool, request: MeasureRequest): Promise<Outcome<MeasuredCandidate>> {
  const table = parseTableName(request.ref);
  if (!table) {
    return {
      status: 'failure',
      reason: `${JSON.stringify(request.ref)} is not a table name like staging.orders_20010101.`,
    };
  }
  const version = versionQuery(table);
  const keys = [...request.facts.keys()];
  const facts = keys.map((key, position) => `,\n(${request.facts.get(key)}) as "fact ${position}"`).join('');
  try {
    const [row] = await rows<VersionRow & Record<string, unknown>>(
      pool,
      `select ${version.columns}${facts}\nfrom ${version.from}`,
      [table.schema, table.name],
    );
    if (!row) return { status: 'failure', reason: `${showTable(table)} gave no answer.` };
    if (row['assay kind'] !== 'r') {
      return {
        status: 'failure',
        reason: `${showTable(table)} is not an ordinary table; a candidate must be one.`,
      };
    }
    const measured = new Map<FactKey, number>();
    for (const [position, key] of keys.entries()) {
      const value = numberOf(row[`fact ${position}`]);
      if (value !== null) measured.set(key, value);
    }
    return { status: 'success', value: { version: versionOf(row), facts: measured } };
  } catch (error) {
    return faultOf(error, `Measuring ${showTable(table)}`);
  }
}

/** A number, or null where the warehouse gave NULL or NaN: a mean with a NaN in it says nothing. */
function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = typeof value === 'number' ? value : Number(value);
  return Number.isFinite(number) ? number : null;
}
