import type { AliasClaim } from '#model/alias.ts';
import type { AssertionStatement } from '#model/assertion.ts';
import type { Uuid } from '#model/ids.ts';
import type { Identifier } from '#model/naming.ts';
import type { OrderKey } from '#model/order-key.ts';
import type { RunDatasetDocument, Role } from '#model/run-dataset.ts';
import type { RunDocument } from '#model/run-state.ts';
import type { ExplicitLineage } from './read-explicit-lineage.ts';
import type { StatedFacets } from './read-shown-facets.ts';
import type { Standing } from './standing.ts';

/** A column of a schema facet; nested fields keep their place. */
export interface SchemaField {
  readonly name: string;
  readonly type: string | null;
  readonly description: string | null;
  readonly fields: readonly SchemaField[];
}

/** A schema facet's content; `id` is its hash. */
export interface SchemaContent {
  readonly id: Uuid;
  readonly fields: readonly SchemaField[];
}

export interface ColumnInput {
  readonly dataset: Identifier;
  readonly column: string;
  readonly transformations: readonly {
    readonly type: string;
    readonly subtype: string | null;
    readonly masking: boolean;
  }[];
}

/** A columnLineage facet's content; `id` is its hash. */
export interface LineageContent {
  readonly id: Uuid;
  readonly outputDatasetId: Uuid;
  /** By output column; '' for what the whole dataset depends on. */
  readonly columns: ReadonlyMap<string, readonly ColumnInput[]>;
}

export interface JobReference extends Identifier {
  readonly id: Uuid;
}

export interface DatasetReference extends Identifier {
  readonly id: Uuid;
}

/** A facet that could not be understood. The event is kept. */
export interface FacetWarning {
  readonly facet: string;
  readonly reason: string;
  /** JSON pointer into the event. */
  readonly pointer: string;
}

/** Everything that one event adds to the model. Deltas of different events merge in any order. */
export interface EventDelta {
  readonly eventId: Uuid;
  readonly key: OrderKey;
  readonly producer: string;
  /** The event's job; null in a DatasetEvent. */
  readonly jobId: Uuid | null;
  readonly jobs: readonly JobReference[];
  readonly datasets: readonly DatasetReference[];
  /** The event's own run first; then stubs of parent and root. */
  readonly runs: readonly RunDocument[];
  readonly runDatasets: readonly RunDatasetDocument[];
  /** The event is complete by itself: the documents above, by their identity within the run, are all that holds; else null. */
  readonly snapshot: readonly string[] | null;
  readonly jobDatasets: readonly { readonly jobId: Uuid; readonly datasetId: Uuid; readonly role: Role }[];
  readonly schemas: readonly { readonly datasetId: Uuid; readonly content: SchemaContent }[];
  readonly lineages: readonly {
    readonly jobId: Uuid | null;
    readonly content: LineageContent;
    /** The datasets that it names as inputs. */
    readonly references: readonly DatasetReference[];
  }[];
  /** Sets of facets that its job and datasets bear. */
  readonly facets: readonly StatedFacets[];
  /** What a JobEvent states of its job; a run's statement is in the run. */
  readonly jobStatement: { readonly jobId: Uuid; readonly facetSet: Uuid } | null;
  readonly assertions: readonly AssertionStatement[];
  readonly explicitLineage: readonly ExplicitLineage[];
  /** Other names of these datasets; both names of a claim are among `datasets`. */
  readonly aliases: readonly AliasClaim[];
  readonly warnings: readonly FacetWarning[];
  /**
   * All of datasets, jobDatasets, schemas, lineages, facets and aliases as one object, which events that say the
   * same share; null where that is not known. Which it is tells nothing that those do not.
   */
  readonly standing: Standing | null;
}
