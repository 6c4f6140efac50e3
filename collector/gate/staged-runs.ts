import type { Uuid } from '#model/ids.ts';
import { parsePartitionKey, partitionKey } from '#model/partition.ts';
import { Problem } from '#collector/problems.ts';
import { noteGateEvent, stagedRuns, type StagedRow } from '#store/gate-events.ts';
import type { ContractBook, ContractTerms } from './contract-book.ts';
import { evaluateCandidate } from './evaluate.ts';
import type { GateServices } from './services.ts';

const DAY = 86_400_000;
/** Runs that ended longer ago are left alone: nobody waits for their candidate any more. */
const BACK = DAY;
/** Evaluations in one look. */
const MOST = 50;

/**
 * Evaluates what completed runs wrote to staging, where a contract says so (`gate.evaluate_on`): no DAG has to ask.
 * Each run, staging dataset and partition once: the idempotency key is made of them, so that a crash between the
 * evaluation and the note of it evaluates nothing twice. Gives how many were looked at.
 */
export async function evaluateStagedRuns(
  services: GateServices,
  book: ContractBook,
  now: Date,
): Promise<number> {
  const terms = (await book.read(services.database)).filter(({ evaluateOn }) => evaluateOn !== null);
  if (terms.length === 0) return 0;
  const watched = terms.map(({ datasetId, evaluateOn }) => ({
    datasetId,
    pattern: likePattern(evaluateOn ?? ''),
  }));
  const found = await services.database.rows<StagedRow>(
    stagedRuns(watched, new Date(now.getTime() - BACK), MOST),
  );
  const of = new Map(terms.map((one) => [one.datasetId, one]));
  for (const row of found) await evaluateOne(services, row, of.get(row.dataset_id), now);
  return found.length;
}

async function evaluateOne(
  services: GateServices,
  row: StagedRow,
  terms: ContractTerms | undefined,
  now: Date,
): Promise<void> {
  const candidateRef = candidateRefOf(row.namespace, row.name);
  const partition = partitionOf(row, terms?.partitionColumns ?? []);
  const note = (evaluationId: Uuid | null, fault: string | null): Promise<number> =>
    services.database.execute(
      noteGateEvent({
        dataset_id: row.dataset_id,
        run_id: row.run_id,
        staging_id: row.staging_id,
        partition: row.partition,
        candidate_ref: candidateRef,
        evaluation_id: evaluationId,
        fault,
        noted_at: now,
      }),
    );
  if (partition === null) {
    await note(
      null,
      `The run does not say which partition it wrote; state it by ${terms?.partitionColumns.join(', ') ?? ''}.`,
    );
    return;
  }
  try {
    const { id } = await evaluateCandidate(
      services,
      {
        datasetId: row.dataset_id,
        partition,
        candidate: { kind: 'table', ref: candidateRef },
        run: row.run_id,
        idempotencyKey: `event:${row.run_id}:${row.staging_id}:${partition}`,
        requestedBy: 'event',
      },
      now,
    );
    await note(id, null);
  } catch (error) {
    // What is refused now is refused again; what is away comes back, and is asked again.
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await note(null, error.message);
  }
}

/**
 * The partition as the contract spells it: the stated one, or the one of the run's nominal time under the
 * contract's column. Null where the contract has partitions and the run names none.
 */
export function partitionOf(
  { partition, inferred }: Pick<StagedRow, 'partition' | 'inferred'>,
  columns: readonly string[],
): string | null {
  const [column] = columns;
  if (column === undefined) return partition;
  const values = parsePartitionKey(partition);
  const [first] = values ?? [];
  if (values === null || first === undefined) return null;
  if (inferred) return columns.length === 1 ? partitionKey([[column, first[1]]]) : null;
  return partition;
}

/** Namespaces whose names begin with the database, which a warehouse's URL has named already. */
const WITH_DATABASE = /^(postgres|redshift|cockroachdb)(ql)?:\/\//;

/** Where the warehouse finds what an event calls so: `shop.staging.orders` of PostgreSQL is `staging.orders`. */
export function candidateRefOf(namespace: string, name: string): string {
  const parts = name.split('.');
  return WITH_DATABASE.test(namespace) && parts.length === 3 ? parts.slice(1).join('.') : name;
}

/** `*` stands for any characters; everything else for itself. */
export function likePattern(glob: string): string {
  return glob.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%');
}
