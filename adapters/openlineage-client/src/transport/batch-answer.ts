import { isRecord } from '../config/settings.ts';

/** One event of a batch that the server did not take. */
export interface EventFailure {
  /** Position in the batch, from 0. */
  readonly index: number;
  readonly reason: string;
  readonly retriable: boolean;
}

/**
 * Which events of a batch failed, by the answer to `POST /lineage/batch` (OpenLineage API 2.0.2). An answer
 * without a result per event (204, or a body of another kind) says that all were taken. `unclear`: some
 * failed, but not all of them are named.
 * @param count how many events the batch had
 */
export function readBatchAnswer(body: string, count: number): readonly EventFailure[] | 'unclear' {
  const answer = parse(body);
  const { failed_events: listed, summary, status } = answer;
  const failures = new Map<number, EventFailure>();
  for (const item of Array.isArray(listed) ? (listed as unknown[]) : []) {
    const failure = readFailure(item, count);
    if (failure === undefined) return 'unclear';
    failures.set(failure.index, failure);
  }
  const counted = isRecord(summary) ? summary['failed'] : undefined;
  const atLeast = typeof counted === 'number' ? counted : status === 'partial_success' ? 1 : 0;
  return failures.size < atLeast ? 'unclear' : [...failures.values()];
}

function readFailure(item: unknown, count: number): EventFailure | undefined {
  if (!isRecord(item)) return undefined;
  const { index, reason, retriable } = item;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) return undefined;
  const text = typeof reason === 'string' ? reason.replaceAll(/\s+/g, ' ').trim().slice(0, 300) : '';
  return { index, reason: text === '' ? 'no reason given' : text, retriable: retriable === true };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(body);
    return isRecord(answer) ? answer : {};
  } catch {
    return {};
  }
}
