import type { AliasClaim } from '#model/alias.ts';
import type { NamedPartition } from '#model/naming.ts';
import type { RawDataset } from '../envelope.ts';
import { derivedFrom } from '../recurring-slices.ts';
import type { DatasetReference, SchemaContent } from './event-delta.ts';
import type { Warnings } from './facet-reader.ts';
import { perRunFacets } from './facet-shape.ts';
import type { Identify } from './identify.ts';
import { statesAssertions } from './read-assertions.ts';
import { readPreviousName } from './read-lifecycle.ts';
import { readOwnPartitions, type Found } from './read-partitions.ts';
import { readShownFacets, type StatedFacets } from './read-shown-facets.ts';
import { statesQuality } from './read-statistics.ts';
import { readSymlinks, symlinkClaims } from './read-symlinks.ts';
import { readStatedVersion } from './read-version.ts';
import {
  recurringLineage,
  recurringSchema,
  unreadLineage,
  unreadSchema,
  type FoundLineage,
} from './recurring-facets.ts';
import { datasetReference } from './references.ts';

/**
 * What an entry of inputs or outputs says whichever event it stands in: what follows from the dataset's name
 * and its own facets, not from the entry's inputFacets and outputFacets.
 */
export interface DatasetWord {
  readonly named: NamedPartition;
  readonly reference: DatasetReference;
  readonly schema: SchemaContent | null;
  readonly lineage: FoundLineage | null;
  readonly version: string | null;
  readonly facets: StatedFacets | null;
  /** By symlinks and a renaming; `others` are the datasets that they name. */
  readonly aliases: readonly AliasClaim[];
  readonly others: readonly DatasetReference[];
  /** Partitions by the name or our own facet. */
  readonly partitions: readonly Found[];
  /** Names of facets that are shown with the run that stated them. */
  readonly perRun: readonly string[];
  readonly statesExplicitLineage: boolean;
  readonly statesQuality: boolean;
  readonly statesAssertions: boolean;
  /** The next event with the same facets gets this very object. */
  readonly recurs: boolean;
}

/** With the facets that it was made of. */
interface RememberedWord {
  readonly namespace: string;
  readonly name: string;
  readonly identify: Identify;
  readonly word: DatasetWord;
}

/** @param pointer of the entry. */
export function datasetWord(
  dataset: RawDataset,
  pointer: string,
  identify: Identify,
  warnings: Warnings,
): DatasetWord {
  const { namespace, name, facets } = dataset;
  const memory: { word?: RememberedWord } | undefined = facets ? derivedFrom(facets) : undefined;
  const known = memory?.word;
  if (known?.name === name && known.namespace === namespace && known.identify === identify) return known.word;
  const faults = warnings.list.length;
  const word = readWord(dataset, pointer, identify, warnings);
  // A fault is not remembered: its warning belongs to each event.
  if (memory && warnings.list.length === faults) {
    const schema = unreadSchema(word.schema, dataset);
    const lineage = unreadLineage(word.lineage, dataset, identify);
    memory.word = { namespace, name, identify, word: { ...word, schema, lineage, recurs: true } };
  }
  return word;
}

function readWord(dataset: RawDataset, pointer: string, identify: Identify, warnings: Warnings): DatasetWord {
  const { facets } = dataset;
  const named = identify(dataset.namespace, dataset.name);
  const reference = datasetReference(named.namespace, named.name);
  const partitions = readOwnPartitions(dataset, named, pointer, warnings);
  const schema = recurringSchema(dataset, pointer, warnings);
  const lineage = recurringLineage(dataset, reference.id, pointer, warnings, identify);
  const version = readStatedVersion(dataset, pointer, warnings);
  const shown = readShownFacets('dataset', facets, `${pointer}/facets`, warnings);
  const symlinks = warnings.readOnce(facets, 'symlinks', `${pointer}/facets`, readSymlinks);
  const aliases = symlinks
    ? [...symlinkClaims(symlinks, reference, identify, `${pointer}/facets`, warnings)]
    : [];
  const others = aliases.map(({ to }) => to);
  const previous = warnings.readOnce(facets, 'lifecycleStateChange', `${pointer}/facets`, readPreviousName);
  if (previous) {
    const before = identify(previous.namespace, previous.name);
    const from = datasetReference(before.namespace, before.name);
    others.push(from);
    if (from.id !== reference.id) aliases.push({ kind: 'rename', from, to: reference });
  }
  return {
    named,
    reference,
    schema,
    lineage,
    version,
    facets: shown,
    aliases,
    others,
    partitions,
    perRun: perRunFacets(facets),
    statesExplicitLineage: facets?.['lineage'] !== undefined,
    statesQuality: statesQuality(facets),
    statesAssertions: statesAssertions(facets),
    recurs: false,
  };
}
