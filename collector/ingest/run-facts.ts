import { derivedId } from '#model/ids.ts';
import type { RunFacts } from '#model/run-state.ts';
import type { RunFactRow, StoredRunRow } from '#store/runs.ts';
import { Memo } from './normalise/memo.ts';

// What the runs of a job say alike stands once in the store, and runs refer to it.

const rows = new Memo<RunFactRow>(50_000);

/** The rows of values that readers remember and give again and again. */
const rowsOfValues = new WeakMap<object, RunFactRow>();

/** @param partsOf the value; absent and empty differ: '' against ':'. */
function rowOf<T extends object>(
  name: string,
  value: T,
  partsOf: (value: T) => readonly (string | null)[],
): RunFactRow {
  let row = rowsOfValues.get(value);
  if (row === undefined) rowsOfValues.set(value, (row = makeRow(name, value, partsOf(value))));
  return row;
}

const producers = new Memo<RunFactRow>(50_000);
const producerRow = (producer: string): RunFactRow =>
  producers.of(producer, () => makeRow('producer', producer, [producer]));

type Engine = Value<'processingEngine'>;
type JobType = Value<'jobType'>;
const engineParts = ({ name, version }: Engine): readonly (string | null)[] => [name, version];
const jobTypeParts = (type: JobType): readonly (string | null)[] => [
  type.processingType,
  type.integration,
  type.jobType,
];

function makeRow(name: string, value: unknown, parts: readonly (string | null)[]): RunFactRow {
  const texts = parts.map((part) => (part === null ? '' : `:${part}`));
  return rows.of(`${name}\u0000${texts.join('\u0000')}`, () => ({
    id: derivedId('run fact', name, ...texts),
    value,
  }));
}

/** The rows that the facts refer to, whichever there are. */
export function sharedFactsOf(facts: RunFacts): {
  readonly producer: RunFactRow | null;
  readonly engine: RunFactRow | null;
  readonly jobType: RunFactRow | null;
} {
  const { producer, processingEngine, jobType } = facts;
  const engine = processingEngine?.value;
  const type = jobType?.value;
  return {
    producer: producer ? producerRow(producer.value) : null,
    engine: engine ? rowOf('engine', engine, engineParts) : null,
    jobType: type ? rowOf('job type', type, jobTypeParts) : null,
  };
}

/** Facts in the order in which a run's row lists their order keys. */
const POSITIONS = [
  'nominalTime',
  'parent',
  'errorMessage',
  'processingEngine',
  'jobType',
  'producer',
] as const;

/** Null when every fact was stated last by the run's last event, as it mostly is. */
export function factKeysOf(facts: RunFacts, lastKey: string): (string | null)[] | null {
  if (POSITIONS.every((name) => facts[name] === undefined || facts[name].key === lastKey)) return null;
  return POSITIONS.map((name) => facts[name]?.key ?? null);
}

type Value<K extends keyof RunFacts> = NonNullable<RunFacts[K]>['value'];

/** Values by the id that follows from them, so that it does not matter which store they were read from. */
let values = new Map<string, unknown>();
const MOST_VALUES = 50_000;

/**
 * Ids of the facts to read before these runs are: none when all of them are in memory, else all, because
 * memory may start afresh while they are being read.
 */
export function factsToRead(runs: readonly StoredRunRow[]): string[] {
  const ids = new Set<string>();
  for (const { producer_id, engine_id, job_type_id } of runs)
    for (const id of [producer_id, engine_id, job_type_id]) if (id !== null) ids.add(id);
  return [...ids].every((id) => values.has(id)) ? [] : [...ids];
}

export function rememberFacts(facts: readonly RunFactRow[]): void {
  if (values.size > MOST_VALUES) values = new Map();
  for (const { id, value } of facts) values.set(id, value);
}

/** The facts of a stored run, each with its order key. */
export function factsOf(row: StoredRunRow): RunFacts {
  const shared = (id: string | null): unknown => {
    if (id === null) return undefined;
    const value = values.get(id);
    if (value === undefined) throw new Error(`run ${row.id} refers to ${id}, which is not among its facts`);
    return value;
  };
  const key = (name: (typeof POSITIONS)[number]): string =>
    row.fact_keys?.[POSITIONS.indexOf(name)] ?? row.last_key;
  const facts: { -readonly [K in keyof RunFacts]: RunFacts[K] } = {};
  if (row.nominal_start) {
    const value = { start: row.nominal_start.toISOString(), end: row.nominal_end?.toISOString() ?? null };
    facts.nominalTime = { key: key('nominalTime'), value };
  }
  if (row.parent_run_id)
    facts.parent = { key: key('parent'), value: { runId: row.parent_run_id, rootRunId: row.root_run_id } };
  if (row.error) facts.errorMessage = { key: key('errorMessage'), value: row.error };
  const engine = shared(row.engine_id) as Value<'processingEngine'> | undefined;
  if (engine) facts.processingEngine = { key: key('processingEngine'), value: engine };
  const jobType = shared(row.job_type_id) as Value<'jobType'> | undefined;
  if (jobType) facts.jobType = { key: key('jobType'), value: jobType };
  const producer = shared(row.producer_id) as Value<'producer'> | undefined;
  if (producer) facts.producer = { key: key('producer'), value: producer };
  return facts;
}
