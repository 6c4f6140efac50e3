import type { AliasClaim } from '#model/alias.ts';
import type { Uuid } from '#model/ids.ts';
import { ROLES, type Role } from '#model/run-dataset.ts';
import type { RawFacets } from '../envelope.ts';
import { derivedFrom } from '../recurring-slices.ts';
import type { DatasetWord } from './dataset-word.ts';
import type { DatasetReference, EventDelta, JobReference, SchemaContent } from './event-delta.ts';
import type { StatedFacets } from './read-shown-facets.ts';
import type { FoundLineage } from './recurring-facets.ts';

/**
 * What an event says of its job and datasets themselves, whatever its run and its time. Mostly a job says the
 * same each time, and then it is the same object: what it holds is stored once and need not be looked at again.
 */
export interface Standing extends Pick<
  EventDelta,
  'datasets' | 'jobDatasets' | 'schemas' | 'lineages' | 'facets' | 'aliases'
> {
  /** The next event that says the same gets this very object. */
  readonly recurs: boolean;
}

/** An entry of inputs or outputs. */
export interface SpokenWord {
  readonly word: DatasetWord;
  readonly role: Role;
}

/** With the facets of its job. */
interface RememberedStanding {
  readonly producer: string;
  readonly job: JobReference;
  readonly words: readonly SpokenWord[];
  readonly standing: Standing;
}

/** So many are kept with one text of a job's facets: its start and its end often name other datasets. */
const KEPT = 3;

/**
 * @param job null for a static DatasetEvent.
 * @param sent the job's facets, as sent and as they are kept.
 */
export function standingOf(
  producer: string,
  job: JobReference | null,
  sent: RawFacets | null | undefined,
  stated: StatedFacets | null,
  words: readonly SpokenWord[],
): Standing {
  const memory: { standings?: RememberedStanding[] } | undefined =
    sent && job ? derivedFrom(sent) : undefined;
  if (!memory || !job || !words.every(({ word }) => word.recurs)) return makeStanding(job, stated, words);
  const remembered = (memory.standings ??= []);
  const known = remembered.find(
    (known) => known.producer === producer && known.job === job && areSame(known.words, words),
  );
  if (known) return known.standing;
  const standing = makeStanding(job, stated, words);
  // When a rename was told last counts: it is never known already.
  if (standing.aliases.some(({ kind }) => kind === 'rename')) return standing;
  const recurring = { ...standing, recurs: true };
  if (remembered.length === KEPT) remembered.shift();
  remembered.push({ producer, job, words, standing: recurring });
  return recurring;
}

function areSame(a: readonly SpokenWord[], b: readonly SpokenWord[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ word, role }, index) => word === b[index]?.word && role === b[index]?.role)
  );
}

function makeStanding(
  job: JobReference | null,
  stated: StatedFacets | null,
  words: readonly SpokenWord[],
): Standing {
  const datasets = new Map<Uuid, DatasetReference>();
  const jobDatasets = new Map<string, EventDelta['jobDatasets'][number]>();
  const schemas = new Map<string, { datasetId: Uuid; content: SchemaContent }>();
  const lineages = new Map<Uuid, { jobId: Uuid | null } & FoundLineage>();
  const facets: StatedFacets[] = stated ? [stated] : [];
  const aliases: AliasClaim[] = [];
  for (const { word, role } of words) {
    const { reference, schema, lineage } = word;
    datasets.set(reference.id, reference);
    for (const other of word.others) datasets.set(other.id, other);
    if (schema) schemas.set(`${reference.id}${schema.id}`, { datasetId: reference.id, content: schema });
    if (lineage) {
      lineages.set(lineage.content.id, { jobId: job?.id ?? null, ...lineage });
      for (const input of lineage.references) datasets.set(input.id, input);
    }
    if (word.facets) facets.push(word.facets);
    aliases.push(...word.aliases);
    if (job && role !== ROLES.static)
      jobDatasets.set(`${reference.id}${role}`, { jobId: job.id, datasetId: reference.id, role });
  }
  return {
    datasets: [...datasets.values()],
    jobDatasets: [...jobDatasets.values()],
    schemas: [...schemas.values()],
    lineages: [...lineages.values()],
    facets,
    aliases,
    recurs: false,
  };
}
