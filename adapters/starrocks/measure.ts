import type { PlannedStatement } from '#model/measure-plan.ts';
import { collectRows, failStatement, nothingMeasured } from '#model/measured-rows.ts';
import type { MeasuredCandidate, MeasureRequest, Outcome, SampleRequest } from '#model/ports.ts';
import { parseRef, showRef, type CandidateRef } from './candidate-ref.ts';
import { partitionsOf, tableVersion } from './catalog.ts';
import type { StarRocksClient } from './client.ts';
import { outcomeOf } from './outcome.ts';
import { profile } from './profile.ts';
import { versionOf } from './publish-by-replace.ts';
import { StarRocksError, type Session } from './session.ts';
import { hintedText, withKnownHints, type QueryBounds } from './statement-hints.ts';

/** What a candidate holds now, as evaluations bind to it; null when it is gone. */
export async function versionOfRef(session: Session, ref: CandidateRef): Promise<string | null> {
  if (ref.partition === null) return tableVersion(session, ref.table);
  const found = (await partitionsOf(session, ref.table)).find(
    ({ name, temporary }) => name === ref.partition && temporary === ref.temporary,
  );
  return found ? versionOf(found) : null;
}

/**
 * Reads the facts of a candidate. There are no snapshots over several statements: its version is read before and
 * after, and numbers count only when it is the same. A statement that is refused leaves the others be.
 */
export function measure(
  client: StarRocksClient,
  request: MeasureRequest,
  bounds: QueryBounds,
  clock: () => number,
): Promise<Outcome<MeasuredCandidate>> {
  return outcomeOf(`Measuring ${request.ref}`, async () => {
    const ref = parseRef(request.ref);
    if (ref === null)
      return {
        status: 'failure',
        reason: `${JSON.stringify(request.ref)} is not a table name like stage.orders.`,
      };
    const version = await versionOfRef(client, ref);
    if (version === null)
      return {
        status: 'failure',
        reason: `There is no table or partition ${showRef(ref)} that holds data of its own; a candidate must be one.`,
      };
    const known = await client.variables();
    const found = nothingMeasured();
    const started = clock();
    const queries: { about: string; milliseconds: number }[] = [];
    const timed = async <T>(about: string, work: () => Promise<T>): Promise<T> => {
      const begun = clock();
      try {
        return await work();
      } finally {
        queries.push({ about, milliseconds: clock() - begun });
      }
    };
    for (const statement of request.statements)
      await timed(statement.about, () =>
        measureStatement(client, statement, hintedText(statement, known, bounds), request, found),
      );
    const order = request.profile?.(found.facts);
    const profiled = order && (await timed('its profile', () => profile(client, order, bounds)));
    const milliseconds = clock() - started;
    // What is fed never rests; nobody publishes what was measured of it.
    if (!ref.live && (await versionOfRef(client, ref)) !== version)
      return {
        status: 'retryable',
        reason: `${showRef(ref)} changed while it was measured; evaluate it again.`,
      };
    const cost = { statements: queries.length, milliseconds, queries };
    return {
      status: 'success',
      value: { version, ...found, cost, ...(profiled && { profile: profiled }) },
    };
  });
}

async function measureStatement(
  client: StarRocksClient,
  statement: PlannedStatement,
  text: string,
  { timeLimitMs }: MeasureRequest,
  found: ReturnType<typeof nothingMeasured>,
): Promise<void> {
  try {
    const rows = await client.query(text, timeLimitMs === undefined ? {} : { timeLimitMs });
    collectRows(statement, rows, found);
  } catch (error) {
    const passing = /time[d]?[ -]?out|memory/i;
    if (!(error instanceof StarRocksError)) throw error;
    // A query that was too long or too large says nothing of the others.
    if (error.kind === 'lost' && (error.code === null || !passing.test(error.message))) throw error;
    failStatement(statement, `Measuring ${statement.about}: ${error.message}`, found);
  }
}

/** A few rows as text. */
export function sample(
  client: StarRocksClient,
  request: SampleRequest,
  bounds: QueryBounds,
): Promise<Outcome<readonly (readonly (string | null)[])[]>> {
  return outcomeOf('Reading the rows that violate a check', async () => {
    const text = withKnownHints(request.text, await client.variables(), bounds);
    const { timeLimitMs } = request;
    const rows = await client.query(text, timeLimitMs === undefined ? {} : { timeLimitMs });
    const value = rows.slice(0, request.limit).map((row) => Object.values(row).slice(0, request.columns));
    return { status: 'success', value };
  });
}
